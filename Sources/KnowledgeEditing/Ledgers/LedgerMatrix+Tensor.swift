import Foundation
import Ledger
import Torch

extension LedgerMatrix {
  /// The elements of a tensor in float32; a vector is one row.
  init(_ tensor: Tensor) throws {
    let values = try tensor.to(.float32, .cpu)
    let (rows, columns) = values.rank == 2 ? (values.size(0), values.size(1)) : (1, values.count)
    let bytes = try values.withBytes { Data($0) }
    guard let matrix = LedgerMatrix(rows: rows, columns: columns, bytes: bytes) else {
      throw TorchError(operation: "record", message: "no matrix", shapes: [tensor.shape])
    }
    self = matrix
  }

  /// The matrix as a float32 tensor with memory of its own.
  func tensor() throws -> Tensor {
    try bytes.withUnsafeBytes { try Tensor.copying($0, shape: [rows, columns], dtype: .float32) }
  }
}

extension LedgerDelta {
  /// The factors of a change.
  init(_ delta: WeightDelta) throws {
    self.init(block: delta.block, left: try LedgerMatrix(delta.left), right: try LedgerMatrix(delta.right))
  }

  /// The change.
  func weightDelta() throws -> WeightDelta {
    WeightDelta(block: block, left: try left.tensor(), right: try right.tensor())
  }
}
