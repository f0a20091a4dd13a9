import Torch

/// Work on a row of elements, some at a time, which goes on with half as many where memory runs out.
struct Chunks {
  /// How many elements there are.
  let count: Int
  /// How many to take at once.
  private(set) var size: Int

  /// Does the work.
  ///
  /// - Parameters:
  ///   - onHalving: is told the new number of elements at once.
  ///   - body: works on a range of elements; what it did before it failed must be of no effect.
  /// - Throws: what `body` throws, memory running out only where a single element is too much.
  mutating func forEach(onHalving: (Int) -> Void, _ body: (Range<Int>) throws -> Void) throws {
    var start = 0
    while start < count {
      let range = start..<min(start + max(1, size), count)
      do {
        try body(range)
        start = range.upperBound
      } catch let error as TorchError where error.isOutOfMemory && range.count > 1 {
        size = max(1, range.count / 2)
        onHalving(size)
      }
    }
  }
}
