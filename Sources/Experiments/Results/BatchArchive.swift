import Checkpoints
import Foundation
import KnowledgeEditing
import Torch

/// What each batch of a run left to later ones, a file for each batch: `batches/0003.safetensors`.
///
/// A file's digest covers that of the batch before, down to what the run depends on, so that a state is only used where
/// it was made.
struct BatchArchive {
  /// A batch that was edited, now or earlier.
  struct Batch {
    /// What it left.
    let state: BatchState
    /// How many seconds editing took.
    let seconds: Double
    /// The hash of the state and of all before it.
    let digest: ContentHash
  }

  /// What is kept of a batch.
  enum Entry {
    case missing
    case found(Batch)
    /// There is a file, but not one that this batch can be restored from.
    case unusable(file: String, reason: String)
  }

  let directory: URL

  private static let format = "alphaedit batch 1"

  /// The archive of the run in `run`.
  init(in run: URL) { directory = run.appendingPathComponent("batches", isDirectory: true) }

  private func url(_ number: Int) -> URL {
    directory.appendingPathComponent("\(String(format: "%04d", number)).safetensors")
  }

  /// Keeps what batch `number`, counted from 1, left; its file is there whole or not at all.
  ///
  /// - Parameter previous: the digest of the batch before.
  /// - Throws: `CheckpointError`; ``EvaluationError/unwritable(directory:reason:)``.
  func keep(
    _ state: BatchState, seconds: Double, number: Int, after previous: ContentHash
  ) throws -> Batch {
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw EvaluationError.unwritable(directory: directory.path, reason: error.localizedDescription)
    }
    let tensors = try Self.tensors(of: state)
    let digest = try Self.digest(of: tensors, after: previous)
    let new = tensors.map { name, tensor in
      NewTensor(
        name: name, dtype: Self.types.first { $0.computed == tensor.dtype }?.stored ?? .float32,
        shape: tensor.shape
      ) { try tensor.withBytes($0) }
    }
    let metadata = [
      (key: "format", value: Self.format), (key: "digest", value: digest.hex),
      (key: "blocks", value: state.deltas.map { "\($0.block)" }.joined(separator: ",")),
      (key: "time", value: "\(seconds)"),
    ]
    try SafetensorsWriter.write(new, metadata: metadata, to: url(number), overwrite: true)
    return Batch(state: state, seconds: seconds, digest: digest)
  }

  /// What batch `number`, counted from 1, left.
  ///
  /// - Parameters:
  ///   - previous: the digest of the batch before.
  ///   - device: where its tensors go.
  func entry(_ number: Int, after previous: ContentHash, on device: Device) -> Entry {
    let url = url(number)
    guard FileManager.default.fileExists(atPath: url.path) else { return .missing }
    do {
      return .found(try read(url, after: previous, on: device))
    } catch {
      let reason = (error as? CheckpointError)?.reason ?? "\(error)"
      return .unusable(file: url.path, reason: reason)
    }
  }

  private func read(_ url: URL, after previous: ContentHash, on device: Device) throws -> Batch {
    func unusable(_ reason: String) -> CheckpointError {
      CheckpointError(.malformed, file: url.path, reason)
    }
    let file = try SafetensorsFile(contentsOf: url)
    let metadata = Dictionary(file.metadata.map { ($0.key, $0.value) }) { first, _ in first }
    guard metadata["format"] == Self.format else { throw unusable("it is no batch of an evaluation") }
    let tensors: [(String, Tensor)] = try file.tensors.map { info in
      guard let stored = file[info.name],
        let dtype = Self.types.first(where: { $0.stored == info.dtype })?.computed
      else {
        throw unusable("tensor “\(info.name)” is \(info.dtype.rawValue), which no batch holds")
      }
      return (info.name, try .copying(stored, dtype: dtype))
    }
    let digest = try Self.digest(of: tensors, after: previous)
    guard metadata["digest"] == digest.hex else {
      throw unusable("it is damaged, or follows other batches than those before it")
    }
    let blocks = (metadata["blocks"] ?? "").split(separator: ",").compactMap { Int($0) }
    var state = BatchState()
    var remaining = tensors[...]
    for block in blocks {
      guard let left = remaining.popFirst()?.1, let right = remaining.popFirst()?.1 else {
        throw unusable("it lacks factors of a change")
      }
      state.deltas.append(WeightDelta(block: block, left: try left.to(device), right: try right.to(device)))
    }
    for (name, tensor) in remaining {
      state.remembered[String(name.dropFirst(Self.remembered.count))] = try tensor.to(device)
    }
    return Batch(state: state, seconds: metadata["time"].flatMap { Double($0) } ?? 0, digest: digest)
  }

  private static let remembered = "remembered."

  /// The tensors of a state in the order of the file, which is that of their bytes.
  private static func tensors(of state: BatchState) throws -> [(String, Tensor)] {
    let factors = state.deltas.enumerated().flatMap { index, delta in
      [("delta.\(index).left", delta.left), ("delta.\(index).right", delta.right)]
    }
    let others = state.remembered.sorted { $0.key < $1.key }.map { ("\(remembered)\($0.key)", $0.value) }
    return factors + others
  }

  private static let types: [(computed: DType, stored: StoredType)] = [
    (.float64, .float64), (.float32, .float32), (.float16, .float16), (.bfloat16, .bfloat16),
    (.int64, .int64), (.int32, .int32), (.uint8, .uint8), (.bool, .bool),
  ]

  private static func digest(
    of tensors: [(String, Tensor)], after previous: ContentHash
  ) throws -> ContentHash {
    var hasher = ContentHasher()
    for field in [format, previous.hex] { hasher.update(field: field) }
    for (name, tensor) in tensors {
      for field in [name, tensor.dtype.rawValue, "\(tensor.shape)"] { hasher.update(field: field) }
      try tensor.withBytes { hasher.update(buffer: $0) }
    }
    return hasher.finish()
  }
}
