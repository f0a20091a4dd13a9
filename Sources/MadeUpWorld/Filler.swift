/// Sentences that say nothing about any subject of the world.
enum Filler {
  private static let openings = [
    "The", "Therefore the", "Because of the news the", "I heard that the", "You know that the",
    "Last week the",
    "Every spring the", "They say that the",
  ]
  private static let nouns = [
    "miller", "old judge", "council", "ferry", "young queen", "blacksmith", "tailor", "choir", "postman",
    "market", "night watch", "shepherd", "school", "inn", "captain", "library",
  ]
  private static let events = [
    "sold two horses", "closed its doors", "waited for the rain", "told a long story", "lost a silver coin",
    "painted the wall", "moved across the valley", "counted the sheep", "mended the roof", "lit a fire",
    "asked for more bread", "won the election", "forgot the song", "crossed the square",
  ]
  private static let times = [
    "at noon", "before dawn", "in the snow", "on Tuesday", "without a word", "after the harvest",
    "once again",
    "with great care", "during the storm", "for the first time",
  ]

  /// A sentence drawn at random, with its full stop; 17,920 are possible.
  static func sentence(using random: inout RandomSource) -> String {
    let opening = random.below(openings.count)
    return sentence(opening: opening, using: &random)
  }

  /// One sentence for each of the first `count` openings.
  static func sentencesWithDifferentOpenings(_ count: Int, using random: inout RandomSource) -> [String] {
    openings.indices.prefix(count).map { sentence(opening: $0, using: &random) }
  }

  private static func sentence(opening: Int, using random: inout RandomSource) -> String {
    let noun = nouns[random.below(nouns.count)]
    let event = events[random.below(events.count)]
    let time = times[random.below(times.count)]
    return "\(openings[opening]) \(noun) \(event) \(time)."
  }
}
