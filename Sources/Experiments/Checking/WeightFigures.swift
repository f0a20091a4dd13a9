import Checkpoints
import KnowledgeEditing
import Torch

/// Whether the numbers of an edited checkpoint's weights are sane beside those of its base.
struct WeightFigures {
  /// Whether all of them are finite.
  let finite: CheckResult
  /// ‖W′‖/‖W‖.
  let norms: CheckResult
  /// ‖ΔW‖/‖W‖.
  let changes: CheckResult

  /// Reads all weights of the edited checkpoint, and of the base those that differ.
  ///
  /// - Parameter changed: the names of these; of the same types and shapes in both.
  init(_ checkpoint: Checkpoint, base: Checkpoint, changed: [String], bounds: CheckBounds) throws {
    finite = try Self.finite(checkpoint, base)
    var norms = Worst()
    var changes = Worst()
    for name in changed {
      guard let tensor = checkpoint[name], let dtype = DType(tensor.dtype), dtype.isFloatingPoint else {
        continue
      }
      let change = try WeightChange(of: .copying(tensor, dtype: dtype), from: base.tensor(name))
      let ratio = change.norm / max(change.sourceNorm, .leastNormalMagnitude)
      norms.add(ratio, distance: max(ratio, 1 / ratio) - 1, of: name)
      changes.add(change.growth, distance: change.growth, of: name)
    }
    self.norms = norms.result(.norms, tolerance: bounds.normRatio - 1, bound: bounds.normRatio)
    self.changes = changes.result(.changes, tolerance: bounds.normGrowth, bound: bounds.normGrowth)
  }

  private static func finite(_ checkpoint: Checkpoint, _ base: Checkpoint) throws -> CheckResult {
    let found = try checkpoint.nonFiniteWarnings().map(\.message)
    guard !found.isEmpty else { return CheckResult(.finite, .pass, "all numbers are finite") }
    let known = Set(try base.nonFiniteWarnings().map(\.message))
    guard found.allSatisfy(known.contains) else {
      return CheckResult(
        .finite, .fail, "\(found.count) tensors hold values that are NaN or infinite", details: found)
    }
    return CheckResult(
      .finite, .warn, "\(found.count) tensors hold values that are NaN or infinite, as the base's do",
      details: found)
  }

  /// The tensor furthest from what it should be.
  private struct Worst {
    private var value: Double?
    private var distance = 0.0
    private var name = ""

    mutating func add(_ value: Double, distance: Double, of name: String) {
      // Nothing is further off than what is not a number.
      if self.value == nil || distance.isNaN || (!self.distance.isNaN && distance > self.distance) {
        (self.value, self.distance, self.name) = (value, distance, name)
      }
    }

    func result(_ kind: CheckKind, tolerance: Double, bound: Double) -> CheckResult {
      guard let value else { return .notMeasured(kind, "no weight differs from the base") }
      return CheckResult(
        kind, base: nil, edited: value, distance: distance, tolerance: tolerance, bound: bound,
        message: "“\(name)” is furthest")
    }
  }
}
