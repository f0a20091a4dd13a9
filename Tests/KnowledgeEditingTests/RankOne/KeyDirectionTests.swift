import Testing
import Torch

@testable import KnowledgeEditing

struct KeyDirectionTests {
  @Test func `solves for the inverse second moment times the key, at length 1`() throws {
    let sum = try Tensor([4, 1, 0, 1, 3, 1, 0, 1, 2] as [Float], shape: [3, 3])
    let direction = try KeyDirection(sparing: statistics(sum, count: 10))
    let key = try Tensor([1, -2, 0.5] as [Float], shape: [1, 3])
    let u = try direction(key)
    #expect(u.shape == [3, 1])
    #expect(abs(try u.norm().item() - 1) < 1e-6)
    let image = try sum.matmul(u).transposed()
    #expect(try relativeDifference(image / image.norm(), key / key.norm()) < 1e-6)
    #expect(try relativeDifference(KeyDirection.ofKey(key), (key / key.norm()).transposed()) < 1e-6)
  }

  @Test func `refuses a second moment of less than full rank`() throws {
    let ones = try Tensor.full([3, 3], 1)
    #expect(throws: RankOneError.singularStatistics(layer: "l", tokenCount: 10, keyWidth: 3)) {
      try KeyDirection(sparing: statistics(ones, count: 10))
    }
    let zeros = try Tensor.zeros([3, 3])
    #expect(throws: RankOneError.singularStatistics(layer: "l", tokenCount: 10, keyWidth: 3)) {
      try KeyDirection(sparing: statistics(zeros, count: 10))
    }
    // Not positive: no sum of squares.
    let indefinite = try Tensor([1, 2, 2, 1] as [Float], shape: [2, 2])
    #expect(throws: RankOneError.singularStatistics(layer: "l", tokenCount: 10, keyWidth: 2)) {
      try KeyDirection(sparing: statistics(indefinite, count: 10))
    }
  }

  @Test func `refuses a second moment of fewer tokens than its width`() throws {
    let error = #expect(throws: RankOneError.self) {
      try KeyDirection(sparing: statistics(Tensor.identity(3), count: 2))
    }
    #expect(
      error?.description
        == "l: the second moment of the keys has no inverse (2 tokens were counted for keys of length 3); "
        + "collect statistics over more text, or set mom2_adjustment to false")
  }

  private func statistics(_ sum: Tensor, count: Int) throws -> KeyStatistics {
    try KeyStatistics(layerName: "l", sum: sum, count: count, sampleSize: nil)
  }
}
