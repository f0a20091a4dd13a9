import Checkpoints
import Foundation
import LanguageModels
import Ledger
import StrictJSON
import Torch

/// Writes a ledger beside nothing yet: a new one or a copy of the present one, which goes into the checkpoint being written.
struct LedgerRecorder {
  private let folder: ScratchDirectory
  let ledger: Ledger

  /// Begins a ledger of changes to a base.
  init(startingAt base: LedgerBase) throws {
    folder = try ScratchDirectory(for: "ledger")
    ledger = try Ledger.create(at: Self.file(in: folder), base: base)
  }

  /// Continues a ledger, in a copy.
  init(continuing former: Ledger) throws {
    folder = try ScratchDirectory(for: "ledger")
    ledger = try former.copy(to: Self.file(in: folder))
  }

  /// The file while it is being written.
  var url: URL { Self.file(in: folder) }

  private static func file(in folder: ScratchDirectory) -> URL {
    folder.url.appendingPathComponent(Ledger.fileName)
  }

  /// Adds a run that begins now, by the user whose process this is.
  func beginRun(_ record: JSON) throws -> Int {
    let time = ISO8601DateFormatter().string(from: Date())
    let author = "\(NSUserName()) on \(ProcessInfo.processInfo.hostName)"
    return try ledger.append(LedgerRun(time: time, author: author, record: record.text()))
  }

  /// Has the ledger keep the base's tensors where the new checkpoint takes the base's place, for they are nowhere else then.
  func keep(_ base: BaseWeights, ifReplacedAt output: URL) throws {
    let place = output.standardizedFileURL.resolvingSymlinksInPath().path
    if base.checkpoint?.directory.path == place { try base.keep(in: ledger) }
  }

  /// Removes the file, once its bytes are where they belong.
  func remove() { folder.remove() }
}

extension LedgerBase {
  /// The base whose tensors of these blocks are about to be edited.
  ///
  /// - Parameters:
  ///   - opened: the unedited checkpoint and its model.
  ///   - blocks: the blocks, ascending.
  init(_ opened: OpenedModel, blocks: [Int]) throws {
    let tensors = try blocks.map { block in
      let linear = opened.model.downProjections[block]
      let stored = try opened.checkpoint.tensor(linear.tensorName)
      return LedgerBase.Tensor(
        name: linear.tensorName, module: linear.name, block: block, dtype: stored.dtype.rawValue,
        shape: stored.shape, isTransposed: linear.storage == .inOut,
        sha256: try stored.contentHash().hex)
    }
    self.init(
      path: opened.checkpoint.directory.path, fingerprint: try opened.checkpoint.fingerprint().hex,
      computeType: opened.model.dtype.rawValue, tensors: tensors)
  }
}

extension LedgerFact {
  /// A fact and what the model made of it.
  init(_ result: EditReport.FactResult) {
    let fact = result.fact
    self.init(
      name: fact.id, source: fact.source?.description, subject: fact.subject, prompt: fact.prompt,
      target: fact.target, former: fact.targetTrue, relation: fact.relation,
      before: LedgerMeasure(result.before), after: LedgerMeasure(result.after))
  }

  /// The fact as it can be asked for.
  ///
  /// - Throws: `FactFault` where a damaged ledger holds none.
  package func fact() throws -> Fact {
    try Fact(
      id: name, subject: subject, prompt: prompt, target: target, targetTrue: former, relation: relation)
  }
}

extension LedgerMeasure {
  init(_ measure: FactMeasure) {
    self.init(
      isSaid: measure.isSaid, target: measure.target.meanLogProbability,
      former: measure.former?.meanLogProbability)
  }
}
