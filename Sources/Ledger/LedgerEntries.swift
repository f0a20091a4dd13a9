import Foundation

/// The unedited checkpoint that a ledger's changes start from.
public struct LedgerBase: Sendable, Equatable {
  /// One of its tensors that edits change.
  public struct Tensor: Sendable, Equatable {
    /// Its name in the checkpoint.
    public var name: String
    /// The module it is the weight of, such as `model.layers.3.mlp.down_proj`.
    public var module: String
    /// The block it belongs to.
    public var block: Int
    /// Its element type, as safetensors names it.
    public var dtype: String
    /// Its dimensions.
    public var shape: [Int]
    /// Whether it is stored as [inputs, outputs], as GPT-2's are.
    public var isTransposed: Bool
    /// The SHA-256 of its bytes.
    public var sha256: String

    /// Describes a tensor.
    public init(
      name: String, module: String, block: Int, dtype: String, shape: [Int], isTransposed: Bool,
      sha256: String
    ) {
      self.name = name
      self.module = module
      self.block = block
      self.dtype = dtype
      self.shape = shape
      self.isTransposed = isTransposed
      self.sha256 = sha256
    }
  }

  /// No model has so many blocks.
  public static let blockLimit = 1_000_000

  /// The directory it was in.
  public var path: String
  /// Its fingerprint (`Checkpoint.fingerprint()`).
  public var fingerprint: String
  /// The type that the model computed in while it was edited.
  public var computeType: String
  /// The tensors that are edited, by ascending block.
  public var tensors: [Tensor]

  /// Describes a base.
  public init(path: String, fingerprint: String, computeType: String, tensors: [Tensor]) {
    self.path = path
    self.fingerprint = fingerprint
    self.computeType = computeType
    self.tensors = tensors
  }
}

/// One run of a command that changed the checkpoint: who, when, and with which settings.
public struct LedgerRun: Sendable, Equatable {
  /// Its number, from 1.
  public var id: Int
  /// When it was made, in ISO 8601 and UTC.
  public var time: String
  /// Who made it: user and machine.
  public var author: String
  /// The method and every setting, one JSON object.
  public var record: String

  /// Describes a run; its number is given by the ledger.
  public init(id: Int = 0, time: String, author: String, record: String) {
    self.id = id
    self.time = time
    self.author = author
    self.record = record
  }
}

/// One change of the weights: what `undo` takes back at once.
public struct LedgerStep: Sendable, Equatable {
  /// What was done.
  public enum Kind: String, Sendable { case edit, removal }

  /// Its number, from 1.
  public var id: Int
  /// The run it belongs to.
  public var run: Int
  /// What was done.
  public var kind: Kind
  /// The SHA-256 of each edited tensor's bytes after it, by name.
  public var weights: [String: String]
}

/// How likely a model found a fact at one moment.
public struct LedgerMeasure: Sendable, Equatable {
  /// Whether the target was said.
  public var isSaid: Bool
  /// The mean log-probability (natural logarithm) of the target's tokens.
  public var target: Double
  /// That of what was true before, where it is known.
  public var former: Double?

  /// A measurement.
  public init(isSaid: Bool, target: Double, former: Double?) {
    self.isSaid = isSaid
    self.target = target
    self.former = former
  }
}

/// A fact that was written.
public struct LedgerFact: Sendable, Equatable {
  /// Its number, from 1.
  public var id = 0
  /// The step that wrote it.
  public var step = 0
  /// Its place in that step's batch, from 0.
  public var position = 0
  /// What its file called it.
  public var name: String
  /// The file and record it was read from.
  public var source: String?
  /// The subject.
  public var subject: String
  /// The prompt, with `{}` for the subject.
  public var prompt: String
  /// What the model is to say.
  public var target: String
  /// What was true before.
  public var former: String?
  /// The relation's name.
  public var relation: String?
  /// Before the run that wrote it.
  public var before: LedgerMeasure
  /// After that run.
  public var after: LedgerMeasure
  /// The step that took it out; nil while it is in effect.
  public var removedBy: Int?
  /// The fact that replaced it.
  public var replacedBy: Int?

  /// A fact to be recorded.
  public init(
    name: String, source: String?, subject: String, prompt: String, target: String, former: String?,
    relation: String?, before: LedgerMeasure, after: LedgerMeasure
  ) {
    self.name = name
    self.source = source
    self.subject = subject
    self.prompt = prompt
    self.target = target
    self.former = former
    self.relation = relation
    self.before = before
    self.after = after
  }
}

/// A float32 matrix, row by row and little-endian.
public struct LedgerMatrix: Sendable, Equatable {
  /// The number of rows.
  public var rows: Int
  /// The number of columns.
  public var columns: Int
  /// Its 4 · rows · columns bytes.
  public var bytes: Data

  /// A matrix of these bytes; nil where they are not as many as its shape says.
  public init?(rows: Int, columns: Int, bytes: Data) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflow, bytes.count % 4 == 0, bytes.count / 4 == count else {
      return nil
    }
    self.rows = rows
    self.columns = columns
    self.bytes = bytes
  }
}

/// A change of one tensor as a product of two factors, ΔW = left · rightᵀ.
public struct LedgerDelta: Sendable, Equatable {
  /// The block whose tensor changes.
  public var block: Int
  /// [d, u].
  public var left: LedgerMatrix
  /// [n, u].
  public var right: LedgerMatrix

  /// A change.
  public init(block: Int, left: LedgerMatrix, right: LedgerMatrix) {
    self.block = block
    self.left = left
    self.right = right
  }
}

/// A batch of facts with what it takes to write it again.
public struct LedgerBatch: Sendable, Equatable {
  /// The step that wrote it.
  public var step: Int
  /// The changes as they are now, which differ from those first made where a fact before or in the batch was taken out since.
  public var deltas: [LedgerDelta]
  /// The keys of all its facts, [u, n] by block, also of those that were taken out since.
  public var keys: [Int: LedgerMatrix]
  /// The places in the batch of the facts that are in effect, ascending.
  public var positions: [Int]
}
