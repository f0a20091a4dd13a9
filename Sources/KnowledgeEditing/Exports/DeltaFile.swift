import Checkpoints
import Foundation
import Ledger
import StrictJSON
import Torch

/// The changes of an edited checkpoint alone: a safetensors file that makes the same bytes of the same base.
///
/// `delta.safetensors` holds the factors of each update in order, `0.left` [d, u] and `0.right` [n, u] and so on, in float32; its
/// metadata says which tensors of which base they change, and the hashes of these before and after.
public struct DeltaFile {
  /// The file's name in its directory.
  public static let fileName = "delta.safetensors"
  private static let format = "alphaedit delta 1"

  /// The base, without its place.
  let base: LedgerBase
  /// What becomes of the changes.
  let method: EditingMethod
  let asPublished: Bool
  /// The changes, in order.
  let deltas: [WeightDelta]
  /// The SHA-256 of each tensor with them, by name.
  let weights: [String: String]
  /// The facts that they write.
  public let facts: [JSON]

  /// The changes of an edited checkpoint.
  ///
  /// - Throws: `LedgerError`, ``HistoryError``, `CheckpointError`.
  public init(ofModel model: URL) throws {
    let checkpoint = try Checkpoint(directory: model)
    let history = try EditHistory(required: checkpoint.directory)
    try history.checkUnchanged(checkpoint)
    var deltas: [WeightDelta] = []
    for revision in try history.ledger.revisions() {
      deltas += try history.ledger.deltas(ofRevision: revision.id).map { try $0.weightDelta() }
    }
    base = try history.ledger.base()
    method = history.method.method
    asPublished = history.method.asPublished
    self.deltas = deltas
    weights = history.steps.last?.weights ?? [:]
    facts = history.present.map { fact in
      ["subject": JSON(fact.subject), "prompt": JSON(fact.prompt), "target": JSON(fact.target)]
    }
  }

  /// Writes the file into a new directory.
  ///
  /// - Throws: `CheckpointError`, also where it is there already.
  public func write(to directory: URL) throws {
    let description: JSON = [
      "base_fingerprint": JSON(base.fingerprint), "compute_type": JSON(base.computeType),
      "method": JSON(method.rawValue), "as_published": JSON(asPublished),
      "blocks": JSON(deltas.map { JSON($0.block) }),
      "tensors": JSON(
        base.tensors.map { tensor in
          [
            "name": JSON(tensor.name), "module": JSON(tensor.module), "block": JSON(tensor.block),
            "dtype": JSON(tensor.dtype), "shape": JSON(tensor.shape.map { JSON($0) }),
            "transposed": JSON(tensor.isTransposed), "sha256_before": JSON(tensor.sha256),
            "sha256_after": weights[tensor.name].map { JSON($0) } ?? .null,
          ]
        }),
      "facts": JSON(facts),
    ]
    let tensors = deltas.enumerated().flatMap { index, delta in
      [("left", delta.left), ("right", delta.right)].map { name, values in
        NewTensor(name: "\(index).\(name)", dtype: .float32, shape: values.shape) { try values.withBytes($0) }
      }
    }
    try AtomicDirectory.write(to: directory) { folder in
      try SafetensorsWriter.write(
        tensors, metadata: [("format", Self.format), ("delta", description.text())],
        to: folder.appendingPathComponent(Self.fileName))
    }
  }

  /// Reads the file in a directory.
  ///
  /// - Throws: `CheckpointError` naming the file where it is no delta.
  public init(in directory: URL) throws {
    let url = directory.appendingPathComponent(Self.fileName)
    let file = try SafetensorsFile(contentsOf: url)
    func malformed(_ reason: String) -> CheckpointError {
      CheckpointError(.malformed, file: url.path, reason)
    }
    let metadata = Dictionary(file.metadata.map { ($0.key, $0.value) }) { first, _ in first }
    guard metadata["format"] == Self.format, let description = metadata["delta"],
      let object = try? JSON.parse(description), let fingerprint = object["base_fingerprint"]?.string,
      let type = object["compute_type"]?.string, DType(rawValue: type)?.isFloatingPoint == true,
      let method = object["method"]?.string.flatMap(EditingMethod.init(rawValue:)),
      let blocks = object["blocks"]?.array?.map(\.int), let described = object["tensors"]?.array
    else { throw malformed("it is no delta that this version of the program knows") }
    var weights: [String: String] = [:]
    let tensors = try described.map { tensor in
      guard let name = tensor["name"]?.string, let module = tensor["module"]?.string,
        let block = tensor["block"]?.int, let dtype = tensor["dtype"]?.string,
        let shape = tensor["shape"]?.array?.compactMap(\.int), shape.count == 2,
        shape.allSatisfy({ $0 >= 0 }),
        (0..<LedgerBase.blockLimit).contains(block),
        let before = tensor["sha256_before"]?.string, let after = tensor["sha256_after"]?.string
      else { throw malformed("its description of a tensor is incomplete") }
      weights[name] = after
      return LedgerBase.Tensor(
        name: name, module: module, block: block, dtype: dtype, shape: shape,
        isTransposed: tensor["transposed"]?.bool ?? false, sha256: before)
    }
    guard Set(tensors.map(\.block)).count == tensors.count, Set(tensors.map(\.name)).count == tensors.count
    else { throw malformed("it describes a tensor twice") }
    self.weights = weights
    self.method = method
    asPublished = object["as_published"]?.bool ?? false
    base = LedgerBase(path: "", fingerprint: fingerprint, computeType: type, tensors: tensors)
    facts = object["facts"]?.array ?? []
    deltas = try blocks.enumerated().map { index, block in
      func factor(_ name: String) throws -> Tensor {
        guard let stored = file["\(index).\(name)"], stored.dtype == .float32, stored.shape.count == 2 else {
          throw malformed("it lacks the factor “\(index).\(name)”")
        }
        return try .copying(stored, dtype: .float32)
      }
      guard let block, let tensor = tensors.first(where: { $0.block == block }) else {
        throw malformed("change \(index) is of a block that it does not describe")
      }
      let (left, right) = (try factor("left"), try factor("right"))
      let shape = [left.size(0), right.size(0)]
      guard left.size(1) == right.size(1), tensor.shape == (tensor.isTransposed ? shape.reversed() : shape)
      else {
        throw malformed("the factors of change \(index) do not fit the tensor “\(tensor.name)”")
      }
      return WeightDelta(block: block, left: left, right: right)
    }
  }

  /// Puts the changes on a base and writes the result.
  ///
  /// - Returns: what was written.
  /// - Throws: ``HistoryError/baseDiffers(path:tensor:)`` for another base, ``HistoryError/weightsDiffer(tensor:step:)`` where
  ///   this machine adds up in another way, `CheckpointError`; the destination is then what it was.
  public func apply(to model: URL, output: URL, overwrite: Bool = false) throws -> WrittenCheckpoint {
    let checkpoint = try Checkpoint(directory: model)
    let weights = BaseWeights(base, in: checkpoint)
    let changes = method.recipe(asPublished: asPublished)?.changes ?? .whole
    let replay = try WeightReplay(of: weights, changes: changes)
    try replay.add(deltas)
    var edited = EditedCheckpoint(of: checkpoint)
    edited.omit(file: Ledger.fileName)
    for (tensor, values) in try replay.stored() {
      guard try values.contentHash().hex == self.weights[tensor.name] else {
        throw HistoryError.weightsDiffer(tensor: tensor.name, step: deltas.count)
      }
      try edited.replace(tensor.name, by: values)
    }
    let source = try checkpoint.fingerprint().hex
    return try edited.write(to: output, overwrite: overwrite) { written in
      let record: JSON = [
        "format": "alphaedit apply 1", "method": JSON(method.rawValue),
        "versions": ["alphaedit": JSON(Version.current), "libtorch": JSON(Engine.version)],
        "source": ["path": JSON(checkpoint.directory.path), "fingerprint": JSON(source)],
        "facts": JSON(facts),
        "changed_tensors": EditReport.json(of: written.changedTensors),
        "files": EditReport.json(of: written.files),
      ]
      return record.serialized(pretty: true)
    } validate: {
      try EditRun.tryOut($0, nil)
    }
  }
}
