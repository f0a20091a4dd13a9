import ArgumentParser
import Checkpoints
import Foundation
import KnowledgeEditing
import LanguageModels
import MadeUpWorld
import StrictJSON
import Tokenization
import Torch

/// Makes the model that `alphaedit demo` edits.
@main
struct MakeDemoModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-demo-model",
    abstract: "Makes the bundled model: a made-up world, and a small Llama that knows it.",
    discussion: """
      Writes a checkpoint with its tokenizer, records in the CounterFact layout, key statistics, hyper-parameters, \
      context templates and held-back text. For developers of this project; the result is in the repository.
      """)

  @Option(help: "The directory to write; existing files in it are replaced.")
  var output: String
  @Option(help: "The seed of the world and of the model's weights.")
  var seed: UInt64 = 1
  @Option(help: "Passes over all facts.")
  var passes = Training().passes
  @Option(help: "Threads to compute with.")
  var threads = 2

  func run() throws {
    Engine.setThreadCount(threads)
    let files = try DemoFiles(URL(filePath: output))
    let modelFiles = try DemoFiles(files.directory.appending(path: "model"))
    let world = World(seed: seed)
    try writeTexts(of: world, to: files)
    try writeTokenizer(of: world, to: modelFiles)
    let tokenizer = try Tokenizer(contentsOf: modelFiles.directory)
    let parameters = try train(on: world, tokenizer, modelFiles)
    try modelFiles.write(parameters)
    let checkpoint = try Checkpoint(directory: modelFiles.directory)
    let model = try ModelRegistry.load(checkpoint, dtype: .float32)
    try report(on: model, tokenizer, world)
    let settings = try hyperparameters(of: model)
    try files.write(settings.json, to: "hparams.json")
    let statistics = try CorpusStatistics(
      checkpoint: checkpoint, model: model, tokenizer: tokenizer,
      corpus: Corpus(files: [files.directory.appending(path: "corpus.jsonl")]),
      sampleSize: settings.statisticsSamples)
    let run = try statistics.collect(settings.layers, memory: 1 << 30, progress: nil)
    _ = try StatisticsDirectory.write(
      run.statistics(), provenance: statistics.provenance,
      to: files.directory.appending(path: "statistics"), overwrite: true)
  }

  /// What suits the bundled model. Subjects are told apart in the first blocks already, since each has a last token of
  /// its own; a smaller step and a wider bound than published, as its states are small.
  private func hyperparameters(of model: any LanguageModel) throws -> Hyperparameters {
    var settings = try Hyperparameters.derived(
      forModelType: model.architecture, blockCount: model.blockCount, width: model.width)
    settings.modelName = "alphaedit-demo"
    settings.layers = [0, 1]
    settings.statisticsCorpus = "made-up world"
    settings.statisticsSamples = 10_000
    settings.learningRate = .absolute(0.1)
    settings.clampNormFactor = 1.5
    settings.nullSpace = .threshold(0.1)
    settings.ridge = 2
    return settings
  }

  private func writeTokenizer(of world: World, to files: DemoFiles) throws {
    let (beginning, end) = ("<|begin_of_text|>", "<|end_of_text|>")
    let vocabulary = BytePairVocabulary(
      learningFrom: (0..<4).flatMap { world.documents(purpose: "vocabulary \($0)") }, size: 2048,
      specialTokens: [beginning, end])
    for file in vocabulary.files(beginning: beginning, end: end) {
      try files.write(file.contents, to: file.name)
    }
    try files.write(DemoModel(vocabularySize: vocabulary.size).configuration, to: "config.json")
  }

  private func writeTexts(of world: World, to files: DemoFiles) throws {
    try files.write(JSON(world.records().map(\.json)), to: "facts.json")
    try files.write(
      JSON(world.contextTemplates().map { type in JSON(type.map { JSON($0) }) }),
      to: "context-templates.json")
    try files.write(lines: world.heldBackDocuments(count: 60), to: "held-back.txt")
    try files.write(
      lines: world.documents(purpose: "corpus").map { (["text": JSON($0)] as JSON).text() },
      to: "corpus.jsonl")
  }

  private func train(on world: World, _ tokenizer: Tokenizer, _ files: DemoFiles) throws -> Parameters {
    let configuration = try ConfigurationFile(
      contentsOf: files.directory.appending(path: "config.json"))
    let sizes = DemoModel(vocabularySize: try configuration.positiveInt("vocab_size"))
    let parameters = try Parameters(of: sizes, seed: seed)
    var training = Training()
    training.passes = passes
    try training.run(
      ModelRegistry.make(configuration, parameters.source), parameters, world, tokenizer
    ) { update in
      let left = update.timeLeft.map { String(format: ", %.0f s left", $0) } ?? ""
      print(
        "\(update.phase): \(update.done) of \(update.total ?? 0) \(update.unit), \(update.detail ?? "")\(left)"
      )
    }
    return parameters
  }

  private func report(on model: any LanguageModel, _ tokenizer: Tokenizer, _ world: World) throws {
    let recall = Recall(model, tokenizer)
    let records = world.records()
    let measures: [(name: String, questions: [(prompt: String, target: String)])] = [
      ("edit prompts", records.questions { [$0.prompt.replacing("{}", with: $0.subject)] }),
      ("paraphrases", records.questions(\.paraphrasePrompts)),
      ("neighbourhood prompts", records.questions(\.neighborhoodPrompts)),
      ("all facts, edit prompts", world.questions(template: 0)),
      ("all facts, other templates", (1..<5).flatMap { world.questions(template: $0) }),
    ]
    for (name, questions) in measures {
      let share = try recall.share(of: questions)
      print("Recall, \(name): " + String(format: "%.1f %% of %d", 100 * share, questions.count))
    }
  }
}
