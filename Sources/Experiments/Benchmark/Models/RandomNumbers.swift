import Torch

/// Draws from N(0, 0.02²) in any number, in little time.
///
/// Eight billion draws take minutes, so that many are read from a table: round and round, from one place to the next.
/// The table's length is a prime, so no two rows of a matrix are the same run of it, and a matrix has the rank that one of
/// independent draws has.
struct RandomNumbers {
  /// The largest prime below 2²⁴.
  static let length = 16_777_213

  private let table: Tensor

  init(seed: UInt64, dtype: DType, device: Device = .cpu) throws {
    let draws = try RandomGenerator(seed: seed).normal([Self.length])
    try draws.multiplyInPlace(0.02)
    table = try draws.to(dtype, device)
  }

  /// The runs of the table, one after the other, that hold the `count` numbers from place `start` on.
  private static func runs(from start: Int, count: Int) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var place = start % length
    var left = count
    while left > 0 {
      let end = min(place + left, length)
      runs.append(place..<end)
      left -= end - place
      place = end % length
    }
    return runs
  }

  /// The numbers from place `start` on, as a tensor.
  func tensor(from start: Int, shape: [Int]) throws -> Tensor {
    let count = shape.reduce(1, *)
    let result = try Tensor.zeros([count], dtype: table.dtype, device: table.device)
    var filled = 0
    for run in Self.runs(from: start, count: count) {
      try result.narrow(0, filled..<filled + run.count).copyInPlace(table.narrow(0, run))
      filled += run.count
    }
    return try result.view(shape)
  }

  /// The bytes of the numbers from place `start` on, a piece at a time.
  func emit(from start: Int, count: Int, _ emit: (UnsafeRawBufferPointer) throws -> Void) throws {
    let size = table.dtype.byteCount
    try table.withBytes { bytes in
      for run in Self.runs(from: start, count: count) {
        try emit(UnsafeRawBufferPointer(rebasing: bytes[run.lowerBound * size..<run.upperBound * size]))
      }
    }
  }
}
