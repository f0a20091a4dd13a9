import LanguageModels
import Torch

/// A down-projection whose weight is being edited.
///
/// Where the model computes in fewer bits than float32 the running sum W + ΣΔW is kept in float32, so that the small updates of many
/// batches are not rounded away one by one.
final class EditedWeight {
  let block: Int
  let linear: Linear
  private var sum: Tensor?

  init(block: Int, linear: Linear) {
    self.block = block
    self.linear = linear
  }

  /// W ← W + ΔW.
  func add(_ delta: WeightDelta) throws {
    let dtype = linear.weight.dtype
    guard dtype != .float32, dtype != .float64 else {
      return try linear.add(left: delta.left, right: delta.right)
    }
    let w = try sum ?? linear.weight.to(.float32)
    let (a, b) = linear.storage == .outIn ? (delta.left, delta.right) : (delta.right, delta.left)
    try w.addMatmulInPlace(a.to(.float32), b.to(.float32).transposed())
    sum = w
    try linear.replaceWeight(w.to(dtype))
  }

  /// W, in the checkpoint's orientation and the precision it is summed in.
  var weight: Tensor { sum ?? linear.weight }
}
