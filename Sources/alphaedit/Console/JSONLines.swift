import Checkpoints
import Foundation
import StrictJSON

/// A line of a JSON-lines file that cannot be used.
struct JSONLineError: Error, CustomStringConvertible {
  var file: String
  var line: Int
  var reason: String

  /// "texts.jsonl, line 3: what is wrong".
  var description: String { "\(file), line \(line): \(reason)" }
}

/// The objects of a JSON-lines file, one a line; blank lines are passed over.
struct JSONLines {
  private let file: URL
  private let reader: LineReader

  init(contentsOf url: URL) throws(CorpusError) {
    file = url
    reader = try LineReader(contentsOf: url)
  }

  /// The next object; nil at the end.
  func next() throws -> JSONObject? {
    while let line = try reader.nextBytes() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      let value: JSON
      do {
        value = try JSON.parse(line)
      } catch {
        throw self.error("not valid JSON: \(error.reason) (byte \(error.offset))")
      }
      guard let object = value.object else { throw self.error("expected an object, found \(value.kind)") }
      return object
    }
    return nil
  }

  /// An error about the line read last.
  func error(_ reason: String) -> JSONLineError {
    JSONLineError(file: file.path, line: reader.lineNumber, reason: reason)
  }
}
