/// Where sentences of English text end, by the rules of Kiss and Strunk's Punkt, which NLTK's `word_tokenize` goes
/// by.
///
/// `?` and `!` before white space end a sentence. So does a period, unless it belongs to an abbreviation, to the
/// initial of a name, or to a number that a word in lower case follows; after an abbreviation or an ellipsis a
/// sentence begins only with a capitalised word that often begins one.
///
/// Punkt learns its abbreviations, its frequent sentence starters and which words are usually in lower case from a
/// corpus; here they are short lists of common ones, and words that regularly stand together (collocations) are not
/// known. So sentences end elsewhere at rare abbreviations. What follows from that for tokens is whether a period
/// there stands alone.
enum SentenceSplitter {
  /// The sentences, without the white space between them.
  static func sentences(of text: String) -> [ArraySlice<Unicode.Scalar>] {
    let scalars = Array(text.unicodeScalars)
    let words = scalars.indices.split { scalars[$0].properties.isWhitespace }.map {
      scalars[$0.startIndex..<$0.endIndex]
    }
    guard let first = words.first else { return [] }
    var sentences: [ArraySlice<Unicode.Scalar>] = []
    var start = first.startIndex
    for (word, next) in zip(words, words.dropFirst()) where ends(word, before: next) {
      sentences.append(scalars[start..<word.endIndex])
      start = next.startIndex
    }
    sentences.append(scalars[start..<(words.last?.endIndex ?? scalars.endIndex)])
    return sentences
  }

  /// Abbreviations, without their last period.
  private static let abbreviations: Set<String> = [
    "mr", "mrs", "ms", "dr", "prof", "rev", "gen", "col", "maj", "capt", "lt", "sgt", "sen", "rep", "gov",
    "st", "jr", "sr",
    "vs", "etc", "cf", "al", "inc", "ltd", "co", "corp", "bros", "u.s", "u.k", "u.n", "d.c",
    "l.a", "n.y", "a.m",
    "p.m", "ph.d", "jan", "feb", "mar", "apr", "aug", "sept", "sep", "oct", "nov", "dec", "mt", "ft",
    "vol", "fig",
  ]

  /// Words that often begin a sentence, in lower case.
  private static let starters: Set<String> = [
    "the", "a", "an", "he", "she", "it", "they", "we", "i", "you", "this", "that", "these", "those", "there",
    "in", "on", "at",
    "as", "but", "and", "if", "when", "while", "after", "before", "his", "her", "their", "its", "however",
    "for", "so", "what",
  ]

  private static let closing = Set("\"')]}’”»".unicodeScalars)
  private static let opening = Set("\"'([{‘“«`".unicodeScalars)

  /// Whether a sentence ends with `word`, where `next` follows after white space.
  private static func ends(_ word: ArraySlice<Unicode.Scalar>, before next: ArraySlice<Unicode.Scalar>)
    -> Bool
  {
    let bare = word.dropLast(word.reversed().prefix(while: closing.contains).count)
    let type = bare.drop(while: opening.contains)
    guard let mark = type.last else { return false }
    if mark == "?" || mark == "!" { return true }
    guard mark == "." else { return false }
    let follower = next.drop(while: opening.contains)
    let isLower = follower.first?.properties.isLowercase ?? false
    let isUpper = follower.first?.properties.isUppercase ?? false
    let isStarter = isUpper && starters.contains(text(follower.prefix(while: \.isOfWord)))
    let stem = type.dropLast()
    if stem.last == "." { return isStarter }
    if stem.count == 1, stem.first?.properties.isAlphabetic ?? false { return isStarter }
    let afterHyphen = stem.split(separator: "-").last ?? stem
    if abbreviations.contains(text(stem)) || abbreviations.contains(text(afterHyphen)) { return isStarter }
    let isNumber = stem.allSatisfy { $0.properties.numericType != nil || $0 == "," || $0 == "." || $0 == "-" }
    return !(isNumber && isLower)
  }

  /// The text in lower case.
  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view).lowercased()
  }
}
