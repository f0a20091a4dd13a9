import ArgumentParser
import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import StrictJSON
import Tokenization
import Torch

/// Gives the log-probabilities of texts' tokens.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Give the log-probability of each token of texts.",
    discussion: """
      One {"text": …} or {"ids": […]} a line in; one {"ids", "logprobs", "argmax"} a line out, in the same order. A text is \
      tokenised with the special tokens before it; ids are used as they are and need no tokenizer. Behind the first token \
      each has an entry: logprobs[i] is the natural logarithm of the probability of ids[i+1] given ids[0…i], and argmax[i] \
      the most likely id there, so both have one entry fewer than ids.
      """)

  @Option(help: ArgumentHelp("The checkpoint.", valueName: "dir"))
  var model: FilePath

  @Argument(help: ArgumentHelp("JSON lines.", valueName: "file"))
  var file: FilePath

  @OptionGroup var engine: EngineOptions

  /// How many tokens are scored together.
  private static let tokensAtOnce = 8192

  func run() throws {
    engine.apply()
    let checkpoint = try Checkpoint(directory: model.url)
    let model = try ModelRegistry.load(checkpoint, dtype: engine.dtype.dtype, device: engine.device)
    let lines = try JSONLines(contentsOf: file.url)
    var tokenizer: Tokenizer?
    var waiting: [[Int]] = []
    var tokenCount = 0
    while let object = try lines.next() {
      let ids: [Int]
      if let values = object["ids"] {
        guard let list = values.array, case let numbers = list.compactMap(\.int), numbers.count == list.count
        else { throw lines.error("“ids” is not a list of whole numbers") }
        ids = numbers
      } else if let text = object["text"]?.string {
        let known = try tokenizer ?? Tokenizer(contentsOf: checkpoint.directory)
        tokenizer = known
        ids = try known.encode(text).ids
      } else {
        throw lines.error("it has neither a “text” nor “ids”")
      }
      do {
        try model.check([ids])
      } catch LanguageModelError.sequence(_, let reason) {
        throw lines.error(reason)
      }
      waiting.append(ids)
      tokenCount += ids.count
      if tokenCount >= Self.tokensAtOnce {
        try score(&waiting, model)
        tokenCount = 0
      }
    }
    try score(&waiting, model)
  }

  /// Prints a line for each of the sequences, and forgets them.
  private func score(_ sequences: inout [[Int]], _ model: any LanguageModel) throws {
    for (ids, score) in zip(sequences, try model.scores(of: sequences)) {
      let line: JSON = [
        "ids": JSON(ids.map { JSON($0) }), "logprobs": JSON(score.logProbabilities.map { JSON($0) }),
        "argmax": JSON(score.mostLikely.dropLast().map { JSON($0) }),
      ]
      StandardOutput.write(line.serialized() + [0x0A])
    }
    sequences = []
  }
}
