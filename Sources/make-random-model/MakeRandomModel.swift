import ArgumentParser
import Checkpoints
import Experiments
import Foundation
import Tokenization

/// Writes checkpoints of real models' sizes, whose weights cannot be bundled, for trials of speed and memory.
@main
struct MakeRandomModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-random-model",
    abstract: "Writes a checkpoint of a known model's shape with random weights.",
    discussion: """
      The weights are in bfloat16, in shards of at most 5 GB, and are written one tensor at a time. They are read, round and \
      round, from a table of 16,777,213 draws from N(0, 0.02²), which takes the time of writing them. For developers of this \
      project.
      """)

  @Option(help: "The model whose shape it has.")
  var shape: RandomModelShape.Name
  @Option(
    help: "A directory with a tokenizer.json, which is copied with the files beside it that belong to it.")
  var tokenizer: String
  @Option(help: "The directory to write, which must not exist.")
  var output: String
  @Option(help: "How many blocks it has (default: as many as that model).")
  var blocks: Int?
  @Option(help: "The seed of the weights.")
  var seed: UInt64 = 1

  func validate() throws {
    if let blocks, blocks < 1 { throw ValidationError("--blocks must be at least 1") }
  }

  func run() throws {
    var shape = RandomModelShape.named(shape)
    shape.blockCount = blocks ?? shape.blockCount
    let source = URL(filePath: tokenizer)
    let known = try Tokenizer(contentsOf: source).vocabularySize
    guard known <= shape.vocabularySize else {
      throw ValidationError(
        "\(tokenizer): the tokenizer has \(known) tokens, and the model only \(shape.vocabularySize); give it one of its own"
      )
    }
    let clock = ContinuousClock()
    let time = try clock.measure {
      try RandomModel(shape: shape, seed: seed).write(
        to: URL(filePath: output), tokenizer: Self.tokenizerFiles(in: source))
    }
    let megabytes = shape.parameterCount * 2 / 1_000_000
    print("\(output): \(shape.parameterCount) weights, \(megabytes) MB, in \(Int(time / .seconds(1))) s")
  }

  private static func tokenizerFiles(in directory: URL) -> [URL] {
    ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt"]
      .map { directory.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
  }
}

extension RandomModelShape.Name: ExpressibleByArgument {}
