@testable import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite struct EditedCheckpointTests {
  let directory: TemporaryDirectory
  let source: EditingSource

  init() throws {
    directory = try TemporaryDirectory()
    source = try EditingSource(in: directory)
  }

  /// Writes to `edited` with the weight replaced.
  @discardableResult
  func write(
    to destination: URL? = nil, overwrite: Bool = false,
    _ adjust: (inout EditedCheckpoint) throws -> Void = { _ in }
  ) throws -> WrittenCheckpoint {
    var edited = try source.edit()
    try edited.replace("weight") { emit in
      try [UInt8](21...24).withUnsafeBytes(emit)
      try [UInt8](25...28).withUnsafeBytes(emit)
    }
    try adjust(&edited)
    return try edited.write(
      to: destination ?? source.destination, overwrite: overwrite, record: EditingSource.record)
  }

  func failure(
    to destination: URL? = nil, overwrite: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CheckpointError {
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
      try write(to: destination, overwrite: overwrite)
    }
    return try #require(error, sourceLocation: sourceLocation)
  }

  @Test func onlyTheReplacedBytesDiffer() throws {
    let before = try directory["source"].files()
    let written = try write()
    #expect(try directory["source"].files() == before)
    #expect(try directory.names() == ["edited", "source"])
    var expected = before
    let shard = try #require(before[EditingSource.first])
    expected[EditingSource.first] = shard.dropLast(14) + Array(21...28) + Array(9...14)
    expected["alphaedit.json"] = Data(EditingSource.record(written))
    #expect(try directory["edited"].files() == expected)
    #expect(try EditingSource.isWhole(source.destination))
    #expect(
      written.changedTensors == [
        WrittenCheckpoint.ChangedTensor(
          name: "weight", file: EditingSource.first, dtype: .float32, shape: [2, 1],
          before: ContentHash(of: Array(1...8)), after: ContentHash(of: Array(21...28)))
      ])
    #expect(written.skipped.isEmpty)
  }

  @Test(.needsSharedData) func realCheckpoint() throws {
    let original = SharedFolder.file("data/models/TinyStories-656K")
    let checkpoint = try Checkpoint(directory: original)
    let name = "model.layers.1.mlp.down_proj.weight"
    let tensor = try checkpoint.tensor(name)
    var edited = EditedCheckpoint(of: checkpoint)
    try edited.replace(name) { emit in
      try Array(repeating: UInt8(0x3E), count: tensor.info.byteRange.count).withUnsafeBytes(emit)
    }
    try edited.write(to: source.destination, overwrite: false, record: EditingSource.record)
    let bytes = try Data(contentsOf: original.appendingPathComponent("model.safetensors"))
    let new = try Data(contentsOf: source.destination.appendingPathComponent("model.safetensors"))
    let range = tensor.info.byteRange
    #expect(new[..<range.lowerBound] == bytes[..<range.lowerBound])
    #expect(new[range].allSatisfy { $0 == 0x3E } && range.count > 0)
    #expect(new[range.upperBound...] == bytes[range.upperBound...])
    let names = try FileManager.default.contentsOfDirectory(atPath: original.path)
    #expect(Set(try directory["edited"].files().keys) == Set(names + ["alphaedit.json"]))
  }

  @Test func anExistingDestinationIsKeptUnlessOverwritten() throws {
    try write()
    let before = try directory["edited"].files()
    #expect(try failure().kind == .destinationExists)
    #expect(try directory["edited"].files() == before)
    try write(overwrite: true) { edited in try edited.add(file: "README.md", bytes: [1]) }
    #expect(try directory["edited"].files()["README.md"] == Data([1]))
    try write(overwrite: true)
    #expect(try directory["edited"].files() == before)
    #expect(try directory.names() == ["edited", "source"])
  }

  @Test func writingInPlace() throws {
    let bytes = try Data(contentsOf: source.url.appendingPathComponent(EditingSource.first))
    #expect(try failure(to: source.url).kind == .destinationExists)
    let edited = try source.edit()
    try write(to: source.url, overwrite: true)
    let new = try Data(contentsOf: source.url.appendingPathComponent(EditingSource.first))
    #expect(new != bytes && new.count == bytes.count)
    #expect(
      try edited.source["weight"]?.withBytes { Array($0) } == Array(1...8), "the old mapping stays readable")
    #expect(try directory.names() == ["source"])
    let link = directory.url.appendingPathComponent("link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: source.url)
    try write(to: link, overwrite: true)
    #expect(try directory.names() == ["link", "source"])
    #expect(try EditingSource.isWhole(source.url))
  }

  @Test func destinationsThatNestWithTheSource() throws {
    for path in ["source/edited", "source/a/b"] {
      #expect(try failure(to: directory.url.appendingPathComponent(path)).kind == .unusableDestination)
    }
    #expect(!FileManager.default.fileExists(atPath: source.url.appendingPathComponent("a").path))
    for overwrite in [false, true] {
      #expect(try failure(to: directory.url, overwrite: overwrite).kind == .unusableDestination)
      #expect(try failure(to: URL(fileURLWithPath: "/"), overwrite: overwrite).kind == .unusableDestination)
    }
  }

  @Test func destinationsThatNestThroughALink() throws {
    let link = directory.url.appendingPathComponent("link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: source.url)
    #expect(try failure(to: link.appendingPathComponent("a/b")).kind == .unusableDestination)
    let dangling = directory.url.appendingPathComponent("dangling")
    try FileManager.default.createSymbolicLink(atPath: dangling.path, withDestinationPath: "nowhere")
    #expect(try failure(to: dangling).kind == .unreadable)
  }

  @Test func destinationsThatAreNoCheckpoints() throws {
    try directory.write("edited/diary.txt", "mine")
    #expect(try failure(overwrite: true).kind == .destinationExists)
    try directory.write("edited/config.json", "{}")
    try directory.write("edited/runs/log", "mine")
    #expect(try failure(overwrite: true).reason.contains("“runs”"))
    let file = try directory.write("file", "mine")
    for overwrite in [false, true] {
      #expect(try failure(to: file, overwrite: overwrite).kind == .unusableDestination)
    }
    #expect(try directory["edited/runs"].files().count == 1)
  }

  @Test func whatIsNotCopied() throws {
    try directory.write("source/pytorch_model.bin", "weights")
    try directory.write("source/consolidated.safetensors", "weights")
    try directory.write("source/onnx/model", "weights")
    let secret = try directory.write("secret", "mine")
    try FileManager.default.createSymbolicLink(
      at: source.url.appendingPathComponent("notes.txt"), withDestinationURL: secret)
    try FileManager.default.createSymbolicLink(
      at: source.url.appendingPathComponent("merges.txt"), withDestinationURL: secret)
    let written = try write()
    #expect(
      Set(written.skipped.map { URL(fileURLWithPath: $0.file).lastPathComponent })
        == ["pytorch_model.bin", "consolidated.safetensors", "onnx", "notes.txt"])
    #expect(try directory["edited"].files()["merges.txt"] == Data("mine".utf8))
    #expect(try directory["edited"].files().count == 7)
    #expect(try failure(to: source.url, overwrite: true).kind == .destinationExists)
  }

  @Test func oneWriterAtATime() throws {
    let lock = try DestinationLock(for: source.destination)
    let error = try failure()
    #expect(error.kind == .locked && error.reason.contains("process \(getpid())"))
    withExtendedLifetime(lock) {}
  }

  @Test func whatAKilledWriterLeftIsRemoved() throws {
    try directory.write(".edited.alphaedit-0123456789abcdef.partial/model.safetensors", "half")
    try directory.write(".edited.alphaedit.lock", "process 1 on elsewhere")
    try directory.write(".other.alphaedit-0123456789abcdef.partial/model.safetensors", "half")
    try write()
    #expect(try directory.names() == [".other.alphaedit-0123456789abcdef.partial", "edited", "source"])
  }

  struct Fault: Error {}

  @Test(
    arguments: [
      .locked, .staged, .wrote(EditingSource.first), .wrote("tokenizer.json"), .recorded, .validated,
    ] as [WritingStep])
  func aFaultBeforePublishingLeavesTheOldState(step: WritingStep) throws {
    let fail: (inout EditedCheckpoint) -> Void = { edited in
      edited.afterStep = { if $0 == step { throw Fault() } }
    }
    #expect(throws: Fault.self) { try write(fail) }
    #expect(try directory.names() == ["source"])
    try write()
    let before = try directory["edited"].files()
    #expect(throws: Fault.self) { try write(overwrite: true, fail) }
    #expect(try directory["edited"].files() == before)
    #expect(try directory.names() == ["edited", "source"])
  }

  @Test func faultsOfTheCaller() throws {
    #expect(throws: Fault.self) { try write { try $0.replace("head") { _ in throw Fault() } } }
    let edited = try source.edit()
    #expect(throws: Fault.self) {
      try edited.write(to: source.destination, overwrite: false, record: { _ in throw Fault() })
    }
    #expect(throws: Fault.self) {
      try edited.write(
        to: source.destination, overwrite: false, record: EditingSource.record,
        validate: { staged in
          #expect(try EditingSource.isWhole(staged))
          throw Fault()
        })
    }
    let error = #expect(throws: CheckpointError.self) {
      try write { try $0.replace("head") { emit in try [1].withUnsafeBytes(emit) } }
    }
    #expect(error?.kind == .wrongTensorSize("head"))
    let absent = #expect(throws: CheckpointError.self) { try write { try $0.replace("heap") { _ in } } }
    #expect(absent?.reason.contains("“head”") == true)
    #expect(try directory.names() == ["source"])
  }

  @Test func aSourceThatChangesMeanwhile() throws {
    let shard = source.url.appendingPathComponent(EditingSource.second)
    let error = #expect(throws: CheckpointError.self) {
      try write { edited in
        try edited.replace("head") { emit in
          #expect(truncate(shard.path, 1000) == 0)
          try Array(repeating: UInt8(1), count: 2_000_000).withUnsafeBytes(emit)
        }
      }
    }
    #expect(error?.kind == .truncated)
    #expect(try directory.names() == ["source"])
  }

  @Test(arguments: ["", ".", "..", "a/b", "../a", "a\0", "alphaedit.json", EditingSource.first])
  func namesThatAnAddedFileCannotHave(name: String) throws {
    var edited = try source.edit()
    #expect(throws: CheckpointError.self) { try edited.add(file: name, bytes: []) }
  }

  @Test func addedFilesReplaceCopiedOnes() throws {
    let written = try write { try $0.add(file: "tokenizer.json", bytes: [1, 2]) }
    #expect(try directory["edited"].files()["tokenizer.json"] == Data([1, 2]))
    #expect(written.files.filter { $0.name == "tokenizer.json" }.map(\.byteCount) == [2])
  }

  @Test func directoriesAboveTheDestinationAreMade() throws {
    try write(to: directory.url.appendingPathComponent("a/b/c"))
    #expect(try EditingSource.isWhole(directory.url.appendingPathComponent("a/b/c")))
  }

  @Test(.enabled(if: getuid() != 0, "the administrator may write anywhere"))
  func aDirectoryThatCannotBeWrittenTo() throws {
    let parent = directory.url.appendingPathComponent("sealed")
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    chmod(parent.path, 0o555)
    #expect(try failure(to: parent.appendingPathComponent("edited")).kind == .unwritable)
  }

  @Test(.enabled(if: access("/proc/self", F_OK) == 0, "needs /proc"))
  func aFileSystemThatCannotBeWrittenTo() throws {
    #expect(try failure(to: URL(fileURLWithPath: "/proc/edited")).kind == .unwritable)
  }
}
