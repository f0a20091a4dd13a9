import LanguageModels
import Torch

/// A down-projection whose weight is being edited.
///
/// Where the model computes in fewer bits than float32 the running sum W + ΣΔW is kept in float32, so that the small updates of many
/// batches are not rounded away one by one.
final class EditedWeight {
  let block: Int
  let linear: Linear
  /// W⁰, the weight before any edit, as stored, and never written to; nil where nobody asks for it.
  let original: Tensor?
  private var sum: Tensor?

  init(block: Int, linear: Linear, keepsOriginal: Bool = true) {
    self.block = block
    self.linear = linear
    original = keepsOriginal ? linear.weight : nil
  }

  private var isPrecise: Bool { linear.weight.dtype == .float32 || linear.weight.dtype == .float64 }

  /// W ← W + ΔW.
  func add(_ delta: WeightDelta) throws {
    guard !isPrecise else { return try linear.add(left: delta.left, right: delta.right) }
    let w = try sum ?? linear.weight.to(.float32)
    let (a, b) = linear.storage == .outIn ? (delta.left, delta.right) : (delta.right, delta.left)
    try w.addMatmulInPlace(a.to(.float32), b.to(.float32).transposed())
    sum = w
    try linear.replaceWeight(w.to(linear.weight.dtype))
  }

  /// W, in the checkpoint's orientation and the precision it is summed in.
  var weight: Tensor { sum ?? linear.weight }

  /// W as it is now, safe from later changes.
  func snapshot() throws -> Tensor { try weight.clone() }

  /// W ← `weight`, which is in the checkpoint's orientation and the precision of ``weight``; it is not copied.
  func set(_ weight: Tensor) throws {
    guard !isPrecise else { return try linear.replaceWeight(weight) }
    sum = weight.dtype == .float32 ? weight : nil
    try linear.replaceWeight(weight.to(linear.weight.dtype))
  }

  /// Has the model compute with another weight of the same kind; returns the one it replaces.
  func exchange(_ weight: Tensor) throws -> Tensor {
    let present = linear.weight
    try linear.replaceWeight(weight)
    return present
  }
}
