import Foundation
import FuzzedReaders
import MadeUpWorld
import TestSupport
import Testing

/// What the fuzzer starts from, and what it has found (`Fuzzing`, see SECURITY.md), through the readers.
@Suite struct CorpusTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The inputs of a reader: those of its corpus, or those that were findings.
  private func inputs(_ kind: String, of reader: FuzzedReader) throws -> [String: Data] {
    let folder = Package.root.appendingPathComponent("Fuzzing/\(kind)/\(reader.name)")
    return FileManager.default.fileExists(atPath: folder.path) ? try folder.files() : [:]
  }

  /// What is called valid is read; all else is refused by a message that is neither empty nor as long as the input.
  @Test(arguments: FuzzedReader.all) func corpusIsReadOrRefused(_ reader: FuzzedReader) throws {
    try reader.prepare(directory.url)
    let inputs = try inputs("Corpus", of: reader)
    #expect(inputs.count > 10)
    for (name, bytes) in inputs.sorted(by: { $0.key < $1.key }) {
      let outcome = try reader.run(Array(bytes), in: directory.url)
      switch outcome {
      case .read: #expect(name.hasPrefix("valid"), "\(reader.name)/\(name) was read")
      case .refused(let message):
        #expect(!name.hasPrefix("valid"), "\(reader.name)/\(name): \(message)")
        #expect((10..<2000).contains(message.count), "\(reader.name)/\(name): \(message)")
      }
    }
  }

  /// Former findings end in time and without a broken promise.
  @Test(.timeLimit(.minutes(1)), arguments: FuzzedReader.all) func findingsStayMended(
    _ reader: FuzzedReader
  ) throws {
    try reader.prepare(directory.url)
    for (name, bytes) in try inputs("Findings", of: reader) {
      #expect(throws: Never.self, "\(name)") { try reader.run(Array(bytes), in: directory.url) }
    }
  }

  /// Every prefix of every valid input, and every valid input with a byte exchanged in each place, a step apart.
  @Test(arguments: FuzzedReader.all) func cutAndChangedInputsAreReadOrRefused(_ reader: FuzzedReader) throws {
    try reader.prepare(directory.url)
    for (name, bytes) in try inputs("Corpus", of: reader) where name.hasPrefix("valid") {
      let input = Array(bytes)
      for place in stride(from: 0, to: input.count, by: max(1, input.count / 40)) {
        #expect(throws: Never.self, "\(name), \(place) bytes") {
          try reader.run(Array(input[..<place]), in: directory.url)
        }
        var changed = input
        changed[place] ^= 0x81
        #expect(throws: Never.self, "\(name), byte \(place)") { try reader.run(changed, in: directory.url) }
      }
    }
  }

  /// Mutated documents are documents, and the same seed gives the same.
  @Test(arguments: [FuzzedReader.Format.json, .safetensors]) func mutationsKeepTheFormat(
    _ format: FuzzedReader.Format
  ) throws {
    let reader = try #require(FuzzedReader.all.first { $0.format == format })
    let input = Array(try #require(inputs("Corpus", of: reader)["valid"]))
    var different: Set<[UInt8]> = []
    for seed in 0..<200 {
      var (random, again) = (RandomSource(seed: UInt64(seed)), RandomSource(seed: UInt64(seed)))
      let mutated = try #require(DocumentMutation.mutate(input, as: format, using: &random))
      #expect(mutated == DocumentMutation.mutate(mutated.isEmpty ? [] : input, as: format, using: &again))
      different.insert(mutated)
    }
    #expect(different.count > 50)
    var random = RandomSource(seed: 1)
    #expect(DocumentMutation.mutate([1, 2, 3], as: format, using: &random) == nil)
  }
}
