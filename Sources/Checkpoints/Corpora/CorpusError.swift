/// What is wrong with a file of documents.
public struct CorpusError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public var file: String
  /// The line, counted from 1; nil where the trouble is not in one.
  public var line: Int?
  /// What is wrong and what to do.
  public var reason: String

  init(file: String, line: Int? = nil, _ reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  /// The file, the line and the reason, in one sentence.
  public var description: String { "\(file)\(line.map { ", line \($0)" } ?? ""): \(reason)" }
}
