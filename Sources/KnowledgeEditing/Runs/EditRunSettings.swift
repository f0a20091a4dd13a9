import Foundation
import Torch

/// What is to be edited, with what, and how: the arguments of an ``EditRun``.
public struct EditRunSettings: Sendable {
  /// The checkpoint's directory.
  public var model: URL
  /// The file of facts; see ``FactFile``.
  public var facts: URL
  /// The directory to write the edited checkpoint to.
  public var output: URL
  /// How to edit.
  public var method = EditingMethod.alphaEdit
  /// Whether faults of the published code that change its numbers are kept.
  public var asPublished = false
  /// Whether a checkpoint at ``output`` may be replaced; it may then be the source itself.
  public var overwrite = false
  /// Where the unedited checkpoint is that an edited ``model`` comes from; nil for where its ledger says.
  public var base: URL?
  /// Whether the history of an edited ``model`` is left behind, its weights being a base of their own from now on.
  public var startsNewLedger = false
  /// A file of hyper-parameters or the name of built-in ones; nil for those of the model's ledger, or to derive them from the model.
  public var hyperparameters: String?
  /// What to change in the hyper-parameters.
  public var overrides = HyperparameterOverrides()
  /// How many facts to take from the beginning of the file; all where nil.
  public var factLimit: Int?
  /// How many facts are solved for together.
  public var batchSize = 100
  /// Where key statistics come from.
  public var statistics = StatisticsSource.cached
  /// A file of context templates; nil for those of the model's ledger, or to have the model write them.
  public var contextTemplates: URL?
  /// What the texts that the model writes depend on.
  public var seed: UInt64 = 0
  /// Text on which drift is measured; nil for the end of the corpus, or what the unedited model writes.
  public var heldBackText: URL?
  /// How far the model may drift before the edit is ended; nil to go on whatever happens.
  public var driftBounds: DriftBounds? = DriftBounds()
  /// Where to compute.
  public var device = Device.cpu
  /// The type to compute in. Weights are stored in the checkpoint's types whatever it is.
  public var dtype = DType.float32
  /// Working memory beside the weights.
  public var memory = MemoryAllowance.automatic
  /// Where statistics and null spaces are kept.
  public var cache = CacheDirectory.standard()

  /// Settings with these places and every other one at its default.
  public init(model: URL, facts: URL, output: URL) {
    self.model = model
    self.facts = facts
    self.output = output
  }

  /// - Throws: ``EditRunError/invalidSetting(_:)``.
  func check() throws(EditRunError) {
    guard batchSize >= 1 else {
      throw .invalidSetting("the batch size is \(batchSize); it must be at least 1")
    }
    if let factLimit, factLimit < 1 {
      throw .invalidSetting("the first \(factLimit) facts are to be written; it must be at least 1")
    }
    guard dtype.isFloatingPoint else {
      throw .invalidSetting("\(dtype.rawValue) is not a type that models compute in")
    }
    guard memory.bytes >= 1 else {
      throw .invalidSetting("\(memory.bytes) bytes of memory are allowed; it must be at least 1")
    }
    try driftBounds?.check()
  }
}

/// Where an edit takes key statistics from.
public enum StatisticsSource: Sendable, Equatable {
  /// What the cache holds for the model, over whatever corpus.
  case cached
  /// Files with published names, anywhere below a directory.
  case directory(URL)
  /// The same, and where it holds none for the layers, what the cache holds.
  case directoryElseCached(URL)
  /// A corpus: from the cache, or collected now.
  case corpus([URL], CorpusOptions)

  /// The directory that is looked at; nil for the others.
  var directory: URL? {
    switch self {
    case .directory(let url), .directoryElseCached(let url): url
    case .cached, .corpus: nil
    }
  }
}

/// How much of a corpus statistics are collected over.
public struct CorpusOptions: Sendable, Equatable {
  /// The number of documents used where nothing else is asked for.
  public static let standardSampleSize = 10_000

  /// How many documents, drawn in the published order; all where the corpus has fewer. Nil for what a file of
  /// hyper-parameters says, else ``standardSampleSize``.
  public var sampleSize: Int?
  /// How many tokens of a document count.
  public var tokenLimit: TokenLimit

  /// A sample of that many documents, each cut to `tokenLimit`.
  public init(sampleSize: Int? = nil, tokenLimit: TokenLimit = .standard) {
    self.sampleSize = sampleSize
    self.tokenLimit = tokenLimit
  }
}
