import Torch

/// What an attention mask depends on, within one pass.
struct MaskKey: Hashable {
  var group: Int
  var window: Int?
}

extension ForwardPass {
  /// What to add to the scores of a group so that each token sees itself and those before it, no more than
  /// `window` in all: 0 or −∞, [rows or 1, 1, S, P + S].
  ///
  /// Nil where no mask, or attention's own causal one, does the same; that is faster.
  func mask(ofGroup index: Int, _ window: Int?, always: Bool) throws -> Tensor? {
    let group = groups[index]
    let past = group.past?.width ?? 0
    let isUnpadded = group.past?.isUnpadded ?? true
    let window = window.flatMap { $0 < past + group.length ? $0 : nil }
    if !always, window == nil, past == 0 || (group.length == 1 && isUnpadded) { return nil }
    let key = MaskKey(group: index, window: window)
    if let known = masks[key] { return known }
    let pastLengths = isUnpadded ? [past] : group.past?.lengths ?? []
    let mask = try makeMask(pastLengths, past, group.length, window)
    masks[key] = mask
    return mask
  }

  private func makeMask(_ pastLengths: [Int], _ past: Int, _ length: Int, _ window: Int?) throws -> Tensor {
    let padding = Int(Int32.max)
    let queries = pastLengths.flatMap { Array($0..<$0 + length) }
    let keys = pastLengths.flatMap { real in
      Array(0..<real) + Array(repeating: padding, count: past - real) + Array(real..<real + length)
    }
    let rows = pastLengths.count
    let query = try Tensor(queries, shape: [rows, 1, length, 1], device: device)
    let key = try Tensor(keys, shape: [rows, 1, 1, past + length], device: device)
    var hidden = try key.lessOrEqual(query).not()
    if let window { hidden = try hidden.or(key.lessOrEqual(query - Double(window))) }
    return try Tensor.zeros(hidden.shape, dtype: dtype, device: device).maskedFill(hidden, -.infinity)
  }
}
