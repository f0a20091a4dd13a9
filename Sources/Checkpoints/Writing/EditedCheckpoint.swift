import Foundation

/// A checkpoint with some of its tensors replaced, to be written to a directory of its own.
///
/// ```swift
/// var edited = EditedCheckpoint(of: checkpoint)
/// try edited.replace("model.layers.4.mlp.down_proj.weight") { emit in try weight.withBytes(emit) }
/// let written = try edited.write(to: destination, overwrite: false) { record(of: $0) } validate: { try tryOut($0) }
/// ```
///
/// The new directory has the same files, shards, headers, tensor order, types and metadata; only the bytes of the
/// replaced tensors differ. The source is never opened for writing.
public struct EditedCheckpoint {
  /// The name of the file that records what was done.
  public static let recordName = "alphaedit.json"

  /// The checkpoint being edited.
  public let source: Checkpoint
  private var replacements: [[UInt8]: TensorContents] = [:]
  private var extraFiles: [(name: String, contents: ExtraContents)] = []
  private var omittedFiles: Set<String> = []
  /// Called after each step, so that tests can make each of them fail.
  var afterStep: (WritingStep) throws -> Void = { _ in }

  /// The checkpoint as it is, with nothing replaced yet.
  public init(of source: Checkpoint) { self.source = source }

  /// Replaces the bytes of a tensor by as many others, of the same type and shape.
  ///
  /// - Parameter contents: produces the bytes; called once, during ``write(to:overwrite:record:validate:)``, when no
  ///   other tensor's bytes are held.
  /// - Throws: ``CheckpointError`` if there is no tensor of this name.
  public mutating func replace(_ name: String, with contents: @escaping TensorContents)
    throws(CheckpointError)
  {
    guard source[name] != nil else { throw source.missing(name) }
    replacements[Array(name.utf8)] = contents
  }

  /// What an added file holds.
  private enum ExtraContents {
    case bytes([UInt8])
    case copy(of: URL)
  }

  /// Adds a file, or replaces one that is not a weight file.
  ///
  /// - Throws: ``CheckpointError`` if `name` is not a plain file name, or is that of a weight file or the record.
  public mutating func add(file name: String, bytes: [UInt8]) throws(CheckpointError) {
    try add(name, .bytes(bytes))
  }

  /// Adds a copy of another file, which is read while the checkpoint is written; see ``add(file:bytes:)``.
  public mutating func add(file name: String, copyOf url: URL) throws(CheckpointError) {
    try add(name, .copy(of: url))
  }

  /// Leaves out a file of the source that is not a weight file; nothing happens where there is none.
  public mutating func omit(file name: String) { omittedFiles.insert(name) }

  private mutating func add(_ name: String, _ contents: ExtraContents) throws(CheckpointError) {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { $0 == 0x2F || $0 == 0 }),
      name != Self.recordName, !source.shards.contains(where: { $0.name == name })
    else { throw CheckpointError(.unsafePath, file: name, "this name cannot be given to an added file.") }
    extraFiles.removeAll { $0.name == name }
    extraFiles.append((name, contents))
  }

  /// The names of files that are not copied from the source.
  private var replacedNames: Set<String> {
    omittedFiles.union(extraFiles.map(\.name)).union([Self.recordName])
  }

  /// Throws what ``write(to:overwrite:record:validate:)`` would throw for a destination as things stand now, for callers
  /// that have long work to do before.
  ///
  /// The directories that are to hold the destination are made.
  public func checkDestination(_ destination: URL, overwrite: Bool) throws(CheckpointError) {
    let target = try Destination(destination, source: source, overwrite: overwrite)
    let plan = try CopyingPlan(of: source, without: replacedNames)
    try target.checkNothingIsLost(plan.skipped)
    try target.checkFreeSpace(plan.byteCount)
    try target.checkExchange()
    rmdir(try target.makeStaging().path)
  }

  /// Does ``checkDestination(_:overwrite:)`` and takes the right to write to the destination, for callers whose work begins with
  /// reading what is there.
  public func reserve(_ destination: URL, overwrite: Bool) throws(CheckpointError) -> DestinationLock {
    try checkDestination(destination, overwrite: overwrite)
    return try DestinationLock(for: Destination(destination, source: source, overwrite: overwrite).url)
  }

  /// Writes the checkpoint.
  ///
  /// All files are written to a new directory beside the destination (`.NAME.alphaedit-….partial`), each flushed to
  /// the medium, the record last; `validate` sees that directory; then it takes the destination's name in one step.
  /// Whenever the process ends, the destination is what it was or the whole new checkpoint. What a killed process
  /// leaves beside it is removed by the next one to write there.
  ///
  /// - Parameters:
  ///   - destination: the directory. It may be the source's own if `overwrite` is true.
  ///   - overwrite: whether a checkpoint that is there may be replaced. Its files are then deleted.
  ///   - lock: the right to write there, where it was taken already.
  ///   - record: gives the bytes of `alphaedit.json`, from the hashes of everything else that was written.
  ///   - validate: throws to have the new directory discarded.
  /// - Returns: the files, the tensors that changed, and what the source holds that was not copied.
  /// - Throws: ``CheckpointError``, and what the closures throw. The destination is then what it was.
  @discardableResult
  public func write(
    to destination: URL, overwrite: Bool, holding lock: DestinationLock? = nil,
    record: (WrittenCheckpoint) throws -> [UInt8], validate: (URL) throws -> Void = { _ in }
  ) throws -> WrittenCheckpoint {
    let target = try Destination(destination, source: source, overwrite: overwrite)
    let plan = try CopyingPlan(of: source, without: replacedNames)
    try target.checkNothingIsLost(plan.skipped)
    let lock = try lock ?? DestinationLock(for: target.url)
    defer { withExtendedLifetime(lock) {} }
    try afterStep(.locked)
    target.removeAbandoned()
    try target.checkFreeSpace(plan.byteCount + extraFiles.reduce(0) { $0 + Self.byteCount(of: $1.contents) })
    try target.checkExchange()
    let staging = try target.makeStaging()
    var written = WrittenCheckpoint(directory: target.url, skipped: plan.skipped)
    do {
      try afterStep(.staged)
      try writeFiles(plan, to: staging, into: &written)
      try writeFile(Self.recordName, bytes: record(written), to: staging)
      try flushDirectory(staging)
      try afterStep(.recorded)
      _ = try Checkpoint(directory: staging)
      try validate(staging)
      try afterStep(.validated)
      try target.publish(staging)
    } catch {
      try? FileManager.default.removeItem(at: staging)
      throw error
    }
    try afterStep(.published)
    if target.isReplaced { written.skipped += removePrevious(staging) }
    try afterStep(.removedPrevious)
    return written
  }

  private func writeFiles(
    _ plan: CopyingPlan, to staging: URL, into written: inout WrittenCheckpoint
  ) throws {
    for shard in source.shards {
      try written.files.append(
        writeShard(shard.name, shard.file, to: staging, changed: &written.changedTensors))
      try afterStep(.wrote(shard.name))
    }
    for name in plan.otherFiles {
      try written.files.append(
        copyFile(source.directory.appendingPathComponent(name), as: name, to: staging))
      try afterStep(.wrote(name))
    }
    for file in extraFiles {
      switch file.contents {
      case .bytes(let bytes): try written.files.append(writeFile(file.name, bytes: bytes, to: staging))
      case .copy(let url): try written.files.append(copyFile(url, as: file.name, to: staging))
      }
      try afterStep(.wrote(file.name))
    }
  }

  /// Writes a weight file: the source's bytes, but those of the replaced tensors.
  private func writeShard(
    _ name: String, _ shard: SafetensorsFile, to staging: URL,
    changed: inout [WrittenCheckpoint.ChangedTensor]
  ) throws -> WrittenCheckpoint.File {
    var output = try OutputFile(creating: staging.appendingPathComponent(name).path)
    let isShared = shard.file.shareBlocks(with: output)
    var position = 0
    for tensor in shard.tensors {
      guard let contents = replacements[Array(tensor.name.utf8)] else { continue }
      try output.copy(shard.file, position..<tensor.byteRange.lowerBound, isShared: isShared)
      var after = ContentHasher()
      let hashed: TensorContents = { emit in
        try contents { piece in
          after.update(buffer: piece)
          try emit(piece)
        }
      }
      try output.write(hashed, expecting: tensor.byteRange.count, of: tensor.name, for: output.path)
      changed.append(
        WrittenCheckpoint.ChangedTensor(
          name: tensor.name, file: name, dtype: tensor.dtype, shape: tensor.shape,
          before: ContentHash(of: MappedTensor(info: tensor, file: shard.file)), after: after.finish()))
      position = tensor.byteRange.upperBound
    }
    try output.copy(shard.file, position..<shard.file.count, isShared: isShared)
    try shard.checkNotTruncated()
    return try WrittenCheckpoint.File(name: name, byteCount: shard.file.count, hash: output.finish())
  }

  private static func byteCount(of contents: ExtraContents) -> Int {
    switch contents {
    case .bytes(let bytes): bytes.count
    case .copy(let url): (try? MappedFile(contentsOf: url).count) ?? 0
    }
  }

  private func copyFile(
    _ url: URL, as name: String, to staging: URL
  ) throws(CheckpointError) -> WrittenCheckpoint.File {
    let file = try MappedFile(contentsOf: url)
    var output = try OutputFile(creating: staging.appendingPathComponent(name).path)
    let isShared = file.shareBlocks(with: output)
    try output.copy(file, 0..<file.count, isShared: isShared)
    try file.checkUnchanged()
    return try WrittenCheckpoint.File(name: name, byteCount: file.count, hash: output.finish())
  }

  @discardableResult
  private func writeFile(
    _ name: String, bytes: [UInt8], to staging: URL
  ) throws(CheckpointError) -> WrittenCheckpoint.File {
    var output = try OutputFile(creating: staging.appendingPathComponent(name).path)
    try output.write(bytes)
    return try WrittenCheckpoint.File(name: name, byteCount: bytes.count, hash: output.finish())
  }

  /// Removes the directory that was replaced; the new one is in its place already, so a failure is a warning.
  private func removePrevious(_ previous: URL) -> [CheckpointWarning] {
    do {
      try FileManager.default.removeItem(at: previous)
      return []
    } catch {
      return [
        CheckpointWarning(
          file: previous.path,
          message: "the replaced checkpoint could not be removed: \(error.localizedDescription)")
      ]
    }
  }
}

extension OutputFile {
  /// The most bytes written at once, so that they are still in the processor's cache after they were hashed.
  private static let pieceSize = 1 << 20

  /// Appends a part of `source`.
  ///
  /// - Parameter isShared: whether the file holds those bytes already.
  mutating func copy(_ source: MappedFile, _ range: Range<Int>, isShared: Bool) throws(CheckpointError) {
    var begin = range.lowerBound
    while begin < range.upperBound {
      let end = min(begin + Self.pieceSize, range.upperBound)
      let piece = UnsafeRawBufferPointer(rebasing: source.bytes[begin..<end])
      if isShared { skip(piece) } else { try write(piece) }
      begin = end
    }
  }
}
