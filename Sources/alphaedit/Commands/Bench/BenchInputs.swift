import ArgumentParser
import Experiments
import Foundation
import KnowledgeEditing
import Tokenization

/// Refuses numbers below 1, each given by the name of its option.
func checkAtLeastOne(_ options: KeyValuePairs<String, Int>) throws {
  for (name, value) in options where value < 1 { throw ValidationError("--\(name) must be at least 1") }
}

/// The facts that a benchmark writes.
struct BenchInputs: ParsableArguments {
  @Option(help: ArgumentHelp("Facts to write (default: the bundled ones).", valueName: "file"))
  var facts: FilePath?

  @Option(help: ArgumentHelp("Tokenizer of these facts (default: the bundled one).", valueName: "path"))
  var tokenizer: FilePath?

  func validate() throws {
    if (facts == nil) != (tokenizer == nil) {
      throw ValidationError("--facts and --tokenizer go together")
    }
  }

  /// The file of facts.
  func file() throws -> URL { try facts?.url ?? Resources.folder("demo").appending(path: "facts.json") }

  /// The first `count` facts.
  func read(_ count: Int) throws -> [Fact] {
    let records = try records(count)
    return records.isEmpty ? Array(try FactFile.read(file()).prefix(count)) : records.map(\.fact)
  }

  /// The first `count` records; none where the file's facts have no former answers, so that they cannot be evaluated.
  func records(_ count: Int) throws -> [CounterFactRecord] {
    let file = try file()
    return (try? FactFile.records(file, limit: count)) ?? []
  }

  /// Their tokenizer.
  func readTokenizer() throws -> Tokenizer {
    try Tokenizer(contentsOf: tokenizer?.url ?? Resources.folder("demo").appending(path: "model"))
  }
}

/// The shape that a benchmark is of.
struct ShapeOptions: ParsableArguments {
  @Option(help: "The model whose shape is measured.")
  var shape = RandomModelShape.Name.gpt2Small

  @Option(help: ArgumentHelp("How many blocks it has (default: as many as that model).", valueName: "n"))
  var blocks: Int?

  func validate() throws {
    if let blocks, blocks < 2 { throw ValidationError("--blocks must be at least 2") }
  }

  /// The shape.
  var chosen: RandomModelShape {
    var chosen = RandomModelShape.named(shape)
    chosen.blockCount = blocks ?? chosen.blockCount
    return chosen
  }
}

extension RandomModelShape.Name: ExpressibleByArgument {}

extension BenchmarkPart: ExpressibleByArgument {}

/// Parts separated by commas.
struct PartList: ExpressibleByArgument, Equatable {
  let parts: [BenchmarkPart]

  init(_ parts: [BenchmarkPart]) { self.parts = parts }

  init?(argument: String) {
    let parts = argument.split(separator: ",").map { BenchmarkPart(rawValue: String($0)) }
    guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
    self.parts = parts.compactMap { $0 }
  }

  var defaultValueDescription: String { parts.map(\.rawValue).joined(separator: ",") }
}
