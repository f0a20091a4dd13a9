import Foundation

/// The lines of a text file, one at a time, without their ends (`\n` or `\r\n`).
///
/// The file may be compressed by gzip, and begin with a byte order mark. No more than a line and a piece of the file
/// are held.
public final class LineReader {
  /// The longest line accepted, in bytes.
  public static let lineLimit = 64 << 20

  /// The number of the line returned last, counted from 1; 0 before the first.
  public private(set) var lineNumber = 0
  private let path: String
  private let stream: ByteStream
  private var piece: [UInt8] = []
  private var position = 0

  /// Opens the file at `url`.
  public init(contentsOf url: URL) throws(CorpusError) {
    path = url.path
    stream = try ByteStream(contentsOf: url)
  }

  /// The next line's bytes; nil at the end. A line break at the end of the file begins no further line.
  public func nextBytes() throws(CorpusError) -> [UInt8]? {
    var line: [UInt8] = []
    var isAtEnd = false
    while true {
      if position == piece.count {
        try stream.read(into: &piece)
        position = 0
        if piece.isEmpty {
          isAtEnd = true
          break
        }
      }
      let end = lineEnd()
      guard line.count + (end - position) <= Self.lineLimit else {
        throw CorpusError(
          file: path, line: lineNumber + 1, "the line is longer than \(Self.lineLimit >> 20) MB. Break it up."
        )
      }
      line += piece[position..<end]
      position = end
      if end < piece.count {
        position += 1
        break
      }
    }
    if isAtEnd && line.isEmpty { return nil }
    lineNumber += 1
    if line.last == 0x0D { line.removeLast() }
    if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    return line
  }

  /// Where the line break at or after the position is in the piece, or the piece's end.
  private func lineEnd() -> Int {
    piece.withUnsafeBytes { bytes in
      let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
      guard let start = rest.baseAddress, let found = memchr(start, 0x0A, rest.count) else {
        return bytes.count
      }
      return position + (UnsafeRawPointer(found) - start)
    }
  }

  /// The next line; nil at the end.
  ///
  /// - Throws: ``CorpusError`` naming the line if it is not UTF-8.
  public func next() throws(CorpusError) -> String? {
    guard let bytes = try nextBytes() else { return nil }
    guard let line = String(validating: bytes, as: UTF8.self) else {
      throw CorpusError(
        file: path, line: lineNumber, "the line is not valid UTF-8. Convert the file to UTF-8.")
    }
    return line
  }
}
