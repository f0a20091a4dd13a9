import Checkpoints
import Foundation
import StrictJSON

/// TF-IDF vectors of texts, as scikit-learn's `TfidfVectorizer` makes them by default: terms are the words of two
/// or more word characters in lower case; counts times idf, scaled to length 1.
public struct TermWeights: Sendable {
  /// A text's vector: the weight of each term it has, by column. Empty for a text without known terms.
  public typealias Vector = [Int: Double]

  /// The names of the published files in a data directory.
  public static let idfFileName = "idf.npy"
  /// The names of the published files in a data directory.
  public static let vocabularyFileName = "tfidf_vocab.json"

  // Terms are told apart by their bytes: the published texts are decomposed, and Swift's strings would not notice.
  private let columns: [JSONString: Int]
  private let idf: [Double]

  /// Weights of a vocabulary file (an object, term → column) and an idf file (an array of a number a column).
  ///
  /// - Throws: ``EvaluationError/unusableFile(file:reason:)``; `CheckpointError` for the array.
  public init(vocabulary: URL, idf: URL) throws {
    let weights = try NumpyArray(contentsOf: idf).doubles()
    guard weights.allSatisfy(\.isFinite) else {
      throw EvaluationError.unusableFile(file: idf.path, reason: "it holds numbers that are not finite")
    }
    func unusable(_ reason: String) -> EvaluationError {
      .unusableFile(file: vocabulary.path, reason: reason)
    }
    let text: Data
    do { text = try Data(contentsOf: vocabulary) } catch { throw unusable(error.localizedDescription) }
    let json: JSON
    do { json = try JSON.parse(text, duplicateKeys: .keepLast, loneSurrogates: .replace) } catch {
      throw unusable("line \(error.line), byte \(error.offset): \(error.reason)")
    }
    guard let members = json.object?.members else {
      throw unusable("it is not an object of terms and columns")
    }
    var columns: [JSONString: Int] = [:]
    columns.reserveCapacity(members.count)
    for (term, column) in members {
      guard let column = column.int, weights.indices.contains(column) else {
        throw unusable(
          "the column of “\(term.text)” is not one of the \(weights.count) of \(idf.lastPathComponent); "
            + "the two files do not belong together")
      }
      columns[term] = column
    }
    self.columns = columns
    self.idf = weights
  }

  /// Weights fitted to texts: idf = ln((1 + N) / (1 + number of texts with the term)) + 1.
  public init(fittedTo texts: [String]) {
    var columns: [JSONString: Int] = [:]
    var frequencies: [Int] = []
    for text in texts {
      var seen: Set<JSONString> = []
      // In order of appearance: columns in a hash table's order would give other last digits in each run.
      for term in Self.terms(of: text) where seen.insert(term).inserted {
        if let column = columns[term] {
          frequencies[column] += 1
        } else {
          columns[term] = frequencies.count
          frequencies.append(1)
        }
      }
    }
    self.columns = columns
    idf = frequencies.map { log(Double(1 + texts.count) / Double(1 + $0)) + 1 }
  }

  /// The vector of a text.
  public func vector(of text: String) -> Vector {
    var vector: Vector = [:]
    for term in Self.terms(of: text) {
      if let column = columns[term] { vector[column, default: 0] += idf[column] }
    }
    // Added up in the columns' order, so that the last digit does not depend on the hash table's.
    let length = vector.keys.sorted().reduce(0) { $0 + (vector[$1] ?? 0) * (vector[$1] ?? 0) }.squareRoot()
    return length > 0 ? vector.mapValues { $0 / length } : [:]
  }

  /// The cosine of the angle between two texts' vectors; nil where one of them has no known term (the published code
  /// gives NaN there).
  public static func cosine(_ a: Vector, _ b: Vector) -> Double? {
    guard !a.isEmpty, !b.isEmpty else { return nil }
    return a.keys.sorted().reduce(0) { $0 + (a[$1] ?? 0) * (b[$1] ?? 0) }
  }

  /// The terms of a text, in order.
  static func terms(of text: String) -> [JSONString] {
    text.lowercased().unicodeScalars.split { !$0.isOfWord }.compactMap { word in
      guard word.count > 1 else { return nil }
      return JSONString(String(Substring(word)))
    }
  }
}
