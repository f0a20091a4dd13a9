import Torch

/// Keys and values of tokens that come before those of a pass, for some blocks.
///
/// Rows may have different numbers of such tokens: row r's are the first `lengths[r]` of P, what follows is
/// padding. Keys are as attention uses them, after the rotary embedding.
public struct PastKeyValues {
  /// Keys of each block, [rows, key/value heads, P, head width].
  public var keys: [Int: Tensor]
  /// Values of each block, [rows, key/value heads, P, head width].
  public var values: [Int: Tensor]
  /// How many of the P are real, for each row.
  public var lengths: [Int]

  /// Wraps keys and values of blocks.
  public init(keys: [Int: Tensor] = [:], values: [Int: Tensor] = [:], lengths: [Int]) {
    self.keys = keys
    self.values = values
    self.lengths = lengths
  }

  /// P, the width of the tensors: the longest row's length where nothing is cached yet.
  public var width: Int { keys.values.first?.size(2) ?? lengths.max() ?? 0 }

  /// Whether every row fills the whole width.
  var isUnpadded: Bool { lengths.allSatisfy { [width] in $0 == width } }

  /// The named rows in the order given; a row may be named several times.
  public func selectingRows(_ rows: [Int]) throws -> PastKeyValues {
    guard rows.allSatisfy(lengths.indices.contains) else {
      throw LanguageModelError.invalidPass("rows \(rows) of \(lengths.count) cached rows were asked for.")
    }
    if rows.elementsEqual(lengths.indices) { return self }
    let selected = rows.map { lengths[$0] }
    let longest = selected.max() ?? 0
    return try transformed(lengths: selected) { tensor in
      let index = try Tensor(rows, device: tensor.device)
      return try tensor.narrow(2, 0..<Swift.min(longest, tensor.size(2))).indexSelect(0, index)
    }
  }

  /// The first `lengths[r]` tokens of each row r.
  public func truncated(to lengths: [Int]) throws -> PastKeyValues {
    guard lengths.count == self.lengths.count, zip(lengths, self.lengths).allSatisfy({ 0...$1 ~= $0 }) else {
      throw LanguageModelError.invalidPass(
        "cached rows of \(self.lengths) tokens cannot be cut to \(lengths).")
    }
    let longest = lengths.max() ?? 0
    return try transformed(lengths: lengths) { try $0.narrow(2, 0..<longest) }
  }

  /// The rows of all of `parts`, one after the other, padded to the longest.
  public static func joined(_ parts: [PastKeyValues]) throws -> PastKeyValues {
    guard let first = parts.first else { return PastKeyValues(lengths: []) }
    if parts.count == 1 { return first }
    let width = parts.map(\.width).max() ?? 0
    func join(_ tensors: (PastKeyValues) -> [Int: Tensor]) throws -> [Int: Tensor] {
      var joined: [Int: Tensor] = [:]
      for block in tensors(first).keys {
        let padded = try parts.map { part in
          guard let tensor = tensors(part)[block] else {
            throw LanguageModelError.invalidPass("block \(block) is cached for some of the rows only.")
          }
          return try tensor.paddedTokens(to: width)
        }
        joined[block] = try Tensor.concatenate(padded, 0)
      }
      return joined
    }
    return PastKeyValues(
      keys: try join(\.keys), values: try join(\.values), lengths: parts.flatMap(\.lengths))
  }

  private func transformed(lengths: [Int], _ body: (Tensor) throws -> Tensor) throws -> PastKeyValues {
    PastKeyValues(keys: try keys.mapValues(body), values: try values.mapValues(body), lengths: lengths)
  }
}

extension Tensor {
  /// [rows, heads, tokens, width] with zeros put behind the tokens.
  fileprivate func paddedTokens(to count: Int) throws -> Tensor {
    guard size(2) < count else { return self }
    let padding = try Tensor.zeros(
      [size(0), size(1), count - size(2), size(3)], dtype: dtype, device: device)
    return try Tensor.concatenate([self, padding], 2)
  }
}
