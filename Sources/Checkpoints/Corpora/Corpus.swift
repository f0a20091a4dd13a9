import Foundation
import StrictJSON

/// A text of a corpus, and where it is.
public struct Document: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The file.
  public var file: URL
  /// The line that it begins in, counted from 1.
  public var line: Int

  /// A document of a file.
  public init(text: String, file: URL, line: Int) {
    self.text = text
    self.file = file
    self.line = line
  }
}

/// Files of documents, read one after the other.
///
/// Two kinds of file, told apart by their names, both also compressed (`.gz`):
/// - `.txt`, `.text`: documents are separated by empty lines, one or more; the line breaks within one are kept. A file
///   without empty lines is one document.
/// - `.jsonl`, `.ndjson`: each line is a JSON object whose `text` is a document. Blank lines are passed over.
///
/// ```swift
/// let reader = try Corpus(files: [url]).documents()
/// while let document = try reader.next() { print(document.text.prefix(60)) }
/// ```
public struct Corpus: Sendable {
  /// The longest document accepted, in bytes.
  public static let documentLimit = LineReader.lineLimit

  enum Format: Sendable {
    case paragraphs
    case jsonLines
  }

  /// The files, in reading order.
  public let files: [URL]
  private let formats: [Format]

  /// A corpus of these files, which are opened when they are read.
  ///
  /// - Throws: ``CorpusError`` for a name from which the kind of file does not show.
  public init(files: [URL]) throws(CorpusError) {
    self.files = files
    var formats: [Format] = []
    for file in files { formats.append(try Self.format(of: file)) }
    self.formats = formats
  }

  private static func format(of file: URL) throws(CorpusError) -> Format {
    let plain = file.pathExtension.lowercased() == "gz" ? file.deletingPathExtension() : file
    switch plain.pathExtension.lowercased() {
    case "txt", "text": return .paragraphs
    case "jsonl", "ndjson": return .jsonLines
    default:
      throw CorpusError(
        file: file.path,
        "the name does not show what it holds. Name it .txt (documents separated by empty lines) or .jsonl "
          + "(one {\"text\": …} a line), with .gz after that if it is compressed.")
    }
  }

  /// Starts reading at the first document.
  public func documents() -> DocumentReader { DocumentReader(files: zip(files, formats).map { $0 }) }

  /// Reads everything and returns the number of documents.
  public func documentCount() throws(CorpusError) -> Int {
    let reader = documents()
    var count = 0
    while try reader.next() != nil { count += 1 }
    return count
  }

  /// A hash of the files' bytes in order, whatever their names.
  public func fingerprint() throws(CheckpointError) -> ContentHash {
    var hasher = ContentHasher()
    for url in files {
      let file = try MappedFile(contentsOf: url)
      hasher.update(field: String(file.count))
      hasher.update(buffer: file.bytes)
      try file.checkUnchanged()
    }
    return hasher.finish()
  }
}

/// Reads the documents of a ``Corpus``, holding one at a time.
public final class DocumentReader {
  private var remaining: ArraySlice<(URL, Corpus.Format)>
  private var current: (file: URL, format: Corpus.Format, lines: LineReader)?

  init(files: [(URL, Corpus.Format)]) { remaining = files[...] }

  /// The next document; nil after the last.
  ///
  /// - Throws: ``CorpusError`` naming the file and line.
  public func next() throws(CorpusError) -> Document? {
    while true {
      if current == nil {
        guard let (file, format) = remaining.popFirst() else { return nil }
        current = (file, format, try LineReader(contentsOf: file))
      }
      guard let (file, format, lines) = current else { return nil }
      let document =
        switch format {
        case .paragraphs: try paragraphs(of: file, lines)
        case .jsonLines: try jsonText(of: file, lines)
        }
      if let document { return document }
      current = nil
    }
  }

  private func paragraphs(of file: URL, _ lines: LineReader) throws(CorpusError) -> Document? {
    var document: Document?
    while let line = try lines.next() {
      guard !line.isEmpty else {
        if document == nil { continue }
        break
      }
      guard var text = document?.text else {
        document = Document(text: line, file: file, line: lines.lineNumber)
        continue
      }
      // Taken out while it grows, so that it is not copied each time.
      document?.text = ""
      text += "\n"
      text += line
      guard text.utf8.count <= Corpus.documentLimit else {
        throw CorpusError(
          file: file.path, line: lines.lineNumber,
          "the document that begins in line \(document?.line ?? 0) is longer than \(Corpus.documentLimit >> 20) MB. "
            + "Separate documents by empty lines.")
      }
      document?.text = text
    }
    return document
  }

  private func jsonText(of file: URL, _ lines: LineReader) throws(CorpusError) -> Document? {
    while let line = try lines.nextBytes() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      let value: JSON
      do {
        // Texts from the web hold halves of surrogate pairs, and a document is not worth stopping for that.
        value = try JSON.parse(line, duplicateKeys: .keepLast, loneSurrogates: .replace)
      } catch {
        throw CorpusError(
          file: file.path, line: lines.lineNumber,
          "the line is not valid JSON: \(error.reason) (byte \(error.offset)).")
      }
      guard let text = value["text"]?.string else {
        throw CorpusError(
          file: file.path, line: lines.lineNumber, "the line is not an object with a text under “text”.")
      }
      return Document(text: text, file: file, line: lines.lineNumber)
    }
    return nil
  }
}
