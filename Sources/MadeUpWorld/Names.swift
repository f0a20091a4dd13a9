/// Made-up names, put together from syllables.
enum Names {
  private static let firstStarts = [
    "Al", "Ber", "Cor", "Dal", "Ed", "Fin", "Gis", "Had", "Il", "Jor", "Kel", "Lor", "Mar", "Nel", "Or",
    "Per",
    "Ros", "Sel", "Tam", "Ul", "Ver", "Wil", "Yar", "Zim",
  ]
  private static let firstEnds = ["a", "ric", "wen", "is", "on", "ina", "mund", "eth"]
  private static let familyStarts = [
    "Ash", "Bram", "Crow", "Dun", "Elder", "Fen", "Glen", "Holt", "Ivor", "Kirk", "Lang", "Marl", "North",
    "Oat",
    "Pen", "Quarn", "Rush", "Stan", "Thorn", "Under", "Vane", "Whit", "Yel", "Burr",
    "Cald", "Drake", "Ever", "Frost", "Gold", "Hazel", "Isen", "Jarl", "Kemp", "Lock", "Moor", "Nether",
  ]
  private static let familyEnds = [
    "by", "croft", "den", "ford", "garth", "holm", "ley", "mere", "ridge", "stead", "wick", "worth", "ton",
    "combe",
  ]
  private static let placeStarts = [
    "Abber", "Calla", "Dorra", "Esker", "Falla", "Gorma", "Hessa", "Ibra", "Jutta", "Kasta", "Lissa", "Monta",
    "Nevva", "Orla", "Pasca", "Rinna", "Sorra", "Tessa", "Ulva", "Vorra",
  ]
  private static let placeEnds = ["dale", "gard", "mouth", "port", "vik", "brook", "haven", "mont"]

  /// `count` different first names.
  static func first(_ count: Int, using random: inout RandomSource) -> [String] {
    combined(firstStarts, firstEnds, count, using: &random)
  }

  /// `count` different family names.
  static func family(_ count: Int, using random: inout RandomSource) -> [String] {
    combined(familyStarts, familyEnds, count, using: &random)
  }

  /// `count` different names of places.
  static func places(_ count: Int, using random: inout RandomSource) -> [String] {
    combined(placeStarts, placeEnds, count, using: &random)
  }

  private static func combined(
    _ starts: [String], _ ends: [String], _ count: Int, using random: inout RandomSource
  ) -> [String] {
    let all = starts.flatMap { start in ends.map { start + $0 } }
    return Array(random.shuffled(all).prefix(count))
  }
}
