import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite struct CorpusTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func texts(_ name: String, _ bytes: some Sequence<UInt8>) throws -> [String] {
    let reader = try Corpus(files: [directory.write(name, bytes)]).documents()
    var texts: [String] = []
    while let document = try reader.next() { texts.append(document.text) }
    return texts
  }

  func failure(
    _ name: String, _ bytes: some Sequence<UInt8>, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CorpusError {
    let error = #expect(throws: CorpusError.self, sourceLocation: sourceLocation) { try texts(name, bytes) }
    let found = try #require(error, sourceLocation: sourceLocation)
    #expect(found.file.hasSuffix(name), sourceLocation: sourceLocation)
    return found
  }

  /// `gzip` of "one\ntwo\n\nthree\n".
  static let compressed: [UInt8] = [UInt8](
    Data(base64Encoded: "H4sIAAAAAAACA8vPS+UqKc/n4irJKEpN5QIABAhI3Q8AAAA=") ?? Data())

  @Test(
    arguments: [
      ("", []), ("\n\n\n", []), ("a", ["a"]), ("a\nb", ["a\nb"]), ("a\nb\n", ["a\nb"]),
      ("a\n\nb", ["a", "b"]), ("\n\na\n\n\nb\n \nc\n\n", ["a", "b\n \nc"]),
      ("a\r\nb\r\n\r\nc\r\n", ["a\nb", "c"]),
      ("\u{FEFF}a\n\nb", ["a", "b"]), ("\u{FEFF}\n\nb", ["b"]),
      ("e\u{301}\u{1F600}\0", ["e\u{301}\u{1F600}\0"]),
    ] as [(String, [String])])
  func emptyLinesSeparateDocuments(text: String, expected: [String]) throws {
    #expect(try texts("a.txt", text.utf8) == expected)
  }

  @Test func jsonLines() throws {
    let text =
      "\u{FEFF}{\"text\": \"a\\nb\", \"id\": 1}\r\n\r\n \n{\"text\":\"\"}\n{\"text\":\"\\ud83d\\ude00\\ud800\"}"
    #expect(try texts("a.jsonl", text.utf8) == ["a\nb", "", "\u{1F600}\u{FFFD}"])
  }

  @Test func documentsKnowWhereTheyAre() throws {
    let first = try directory.write("a.txt", "a\nb\n\n\nc")
    let second = try directory.write("b.jsonl", "\n{\"text\": \"d\"}")
    let corpus = try Corpus(files: [first, second])
    let reader = corpus.documents()
    #expect(try reader.next() == Document(text: "a\nb", file: first, line: 1))
    #expect(try reader.next() == Document(text: "c", file: first, line: 5))
    #expect(try reader.next() == Document(text: "d", file: second, line: 2))
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
    #expect(try corpus.documentCount() == 3)
    let fingerprint = try corpus.fingerprint()
    #expect(try Corpus(files: [second, first]).fingerprint() != fingerprint)
    #expect(try corpus.fingerprint() == fingerprint)
  }

  @Test(arguments: [
    ("{\"text\": \"a\"}\n{\"text\": 1}", 2), ("\n[]", 2), ("{\"txt\": \"a\"}", 1), ("{\"text\": \"a\"", 1),
    ("{\"text\": \"a\"}\n\nplain", 3), ("{\"text\": NaN}", 1),
  ])
  func linesThatHoldNoText(text: String, line: Int) throws {
    #expect(try failure("a.jsonl", text.utf8).line == line)
  }

  @Test func linesThatAreNotUTF8() throws {
    let bytes: [UInt8] = Array("good\n".utf8) + [0x62, 0xE9, 0x0A]
    #expect(try failure("a.txt", bytes).line == 2)
    #expect(try failure("a.jsonl", Array("{\"text\": \"".utf8) + [0xE9] + Array("\"}".utf8)).line == 1)
  }

  @Test func compressedFiles() throws {
    #expect(try texts("a.txt.gz", Self.compressed) == ["one\ntwo", "three"])
    #expect(try texts("plain.txt.gz", "a\n\nb".utf8) == ["a", "b"], "what is compressed shows in the bytes")
    let twice = Self.compressed + Self.compressed
    #expect(try texts("b.txt.gz", twice) == ["one\ntwo", "three\none\ntwo", "three"])
    #expect(try texts("c.txt.gz", Self.compressed + [0, 0, 0]) == ["one\ntwo", "three"])
    for length in 2..<Self.compressed.count {
      #expect(try failure("a.txt.gz", Self.compressed.prefix(length)).reason.contains("cut short"))
    }
    var damaged = Self.compressed
    damaged[damaged.count - 6] ^= 1
    #expect(try failure("a.txt.gz", damaged).reason.contains("damaged"))
    #expect(throws: CorpusError.self) { try texts("a.txt.gz", Self.compressed + [1, 2, 3]) }
  }

  @Test func longLines() throws {
    let long = String(repeating: "0123456789", count: 1 << 20)
    let read = try texts("a.txt", (long + "\n\nb\n").utf8)
    #expect(read.map(\.utf8.count) == [10 << 20, 1])
    let json = try texts("a.jsonl", "{\"text\": \"\(long)\"}".utf8)
    #expect(json.map(\.utf8.count) == [10 << 20])
  }

  @Test func linesThatAreTooLong() throws {
    let file = directory.url.appendingPathComponent("a.txt")
    try Data("a\n".utf8).write(to: file)
    #expect(truncate(file.path, off_t(Corpus.documentLimit) + 10) == 0)
    let error = #expect(throws: CorpusError.self) { try Corpus(files: [file]).documentCount() }
    #expect(error?.line == 2)
  }

  @Test func filesThatAreNoCorpora() throws {
    #expect(throws: CorpusError.self) { try Corpus(files: [directory.url.appendingPathComponent("a.csv")]) }
    #expect(throws: CorpusError.self) { try Corpus(files: [directory.url.appendingPathComponent("a.gz")]) }
    let absent = try Corpus(files: [directory.url.appendingPathComponent("absent.txt")])
    #expect(throws: CorpusError.self) { try absent.documentCount() }
    let folder = directory.url.appendingPathComponent("folder.txt")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let error = #expect(throws: CorpusError.self) { try Corpus(files: [folder]).documentCount() }
    #expect(error?.reason == "it is a directory, not a file.")
  }

  @Test(.needsSharedData) func encyclopediaText() throws {
    let corpus = try Corpus(files: [SharedFolder.file("data/corpus/wikipedia-8MB.txt")])
    let reader = corpus.documents()
    #expect(try reader.next()?.text.hasPrefix("Anarchism\nAnarchism is a political philosophy") == true)
    #expect(try reader.next()?.line == 88)
    #expect(try corpus.documentCount() == 349)
  }

  @Test(.needsSharedData) func recordedCorpus() throws {
    let corpus = try Corpus(files: [SharedFolder.file("golden/edits/gpt2-tiny/corpus.jsonl")])
    #expect(try corpus.documentCount() == 300)
  }
}
