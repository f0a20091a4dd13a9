import Testing

@testable import MadeUpWorld

@Suite struct RandomSourceTests {
  @Test func givesThePublishedSequenceOfSplitMix64() {
    var random = RandomSource(seed: 1_234_567)
    let numbers = (0..<5).map { _ in random.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func drawsEveryNumberBelowTheBoundAndNoOther() {
    var random = RandomSource(seed: 3)
    var counts = Array(repeating: 0, count: 7)
    for _ in 0..<7000 { counts[random.below(7)] += 1 }
    #expect(counts.allSatisfy { (850...1150).contains($0) })
    #expect(random.below(1) == 0)
    #expect(random.below(0) == 0)
  }

  @Test func shufflesWithoutLossAndDependsOnThePurpose() {
    var one = RandomSource(seed: 5, purpose: "one")
    var same = RandomSource(seed: 5, purpose: "one")
    var other = RandomSource(seed: 5, purpose: "other")
    let shuffled = one.shuffled(0..<100)
    #expect(shuffled.sorted() == Array(0..<100))
    #expect(shuffled == same.shuffled(0..<100))
    #expect(shuffled != other.shuffled(0..<100))
  }

  @Test func picksNothingFromNothing() {
    var random = RandomSource(seed: 0)
    #expect(random.pick([Int]()) == nil)
    #expect(random.pick([8]) == 8)
  }
}
