import Testing

@testable import LanguageModels

/// How sequences share what they have in common.
struct ReadingPlanTests {
  /// What a plan reads for a sequence: the common beginning and the rest.
  private func read(_ plan: ReadingPlan, _ index: Int) -> [Int] {
    let place = plan.places[index]
    return Array(plan.groups[place.group].prefix + plan.groups[place.group].suffixes[place.suffix])
  }

  private func tokens(_ sequences: [[Int]]) -> Int {
    let plan = ReadingPlan(sequences)
    for (index, sequence) in sequences.enumerated() { #expect(read(plan, index).starts(with: sequence)) }
    #expect(plan.groups.allSatisfy { group in group.suffixes.allSatisfy { !$0.isEmpty } })
    return plan.groups.reduce(0) { $0 + $1.tokenCount }
  }

  @Test func `a sequence that begins another is not read`() {
    #expect(tokens([[1, 2, 3], [1, 2, 3, 4]]) == 4)
    #expect(tokens([[1, 2, 3, 4], [1], [1, 2]]) == 4)
    #expect(tokens([[1, 2], [1, 2]]) == 2)
  }

  @Test func `a common beginning is read once`() {
    #expect(tokens([[1, 2, 3, 4, 5], [1, 2, 3, 4, 6]]) == 6)
    #expect(tokens([[1, 2, 3, 4, 5], [1, 2, 3, 4, 6], [1, 2, 3, 4, 7, 8]]) == 8)
    #expect(tokens([[1, 2, 3, 4, 5], [1, 2, 3, 9, 6], [1, 2, 3, 4, 7]]) == 9)
  }

  @Test func `short beginnings are not shared`() {
    #expect(tokens([[1, 2, 3, 4, 5], [1, 6, 7, 8, 9]]) == 10)
    #expect(tokens([[1, 2], [3, 4]]) == 4)
  }

  @Test func `groups do not grow past what sharing saves`() {
    // Sharing four of eight tokens with the third would leave the first two less than they share now.
    let sequences = [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 9], [1, 2, 3, 4, 0, 0, 0, 0]]
    #expect(tokens(sequences) <= 17)
  }

  @Test func `nothing is read of no sequences`() { #expect(tokens([]) == 0) }
}
