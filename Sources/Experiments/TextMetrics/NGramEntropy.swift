import Foundation

/// How varied a text is, the published measure of fluency: text that repeats itself has low entropy.
///
/// H_n = −Σ f log₂ f over the relative frequencies f of the n-grams of words and punctuation marks. The published
/// code weighs H₂ with ⅔ and H₃ with 4⁄3 and then takes the mean of both, which is H₂/3 + 2 H₃/3 (the paper's
/// formula leaves the mean out, and has a sign wrong).
public enum NGramEntropy {
  /// The weighted entropy of one text in bits; 0 of a text too short for n-grams.
  public static func entropy(of text: String) -> Double {
    let words = WordTokenizer.tokens(of: text)
    // Words are told apart by their bytes, as in Python.
    var numbers: [[UInt8]: Int] = [:]
    var ids: [Int] = []
    for word in words {
      let bytes = Array(word.utf8)
      ids.append(numbers[bytes] ?? numbers.count)
      numbers[bytes] = ids.last
    }
    return (2.0 / 3 * entropy(ids, 2) + 4.0 / 3 * entropy(ids, 3)) / 2
  }

  /// The mean over texts; nil of none.
  public static func mean(of texts: [String]) -> Double? {
    texts.isEmpty ? nil : texts.reduce(0) { $0 + entropy(of: $1) } / Double(texts.count)
  }

  /// H_n of a sequence of word numbers.
  static func entropy(_ ids: [Int], _ n: Int) -> Double {
    guard ids.count >= n else { return 0 }
    var counts: [ArraySlice<Int>: Int] = [:]
    for start in 0...(ids.count - n) { counts[ids[start..<start + n], default: 0] += 1 }
    let total = Double(ids.count - n + 1)
    // In order of size, so that the sum does not depend on the hash table's order.
    return counts.values.sorted().reduce(0) { sum, count in
      let share = Double(count) / total
      return sum - share * log2(share)
    }
  }
}
