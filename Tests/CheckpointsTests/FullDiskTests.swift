@testable import Checkpoints
import Foundation
import Testing
import TestSupport

/// Writing to a file system that has too little room: a small one in memory, which only the administrator of a Linux
/// machine may mount.
@Suite(.enabled(if: SmallFileSystem.isAvailable, "needs the right to mount a tmpfs"))
struct FullDiskTests {
  let directory: TemporaryDirectory
  let source: EditingSource

  init() throws {
    directory = try TemporaryDirectory()
    source = try EditingSource(in: directory)
  }

  func failure(
    in fileSystem: SmallFileSystem, whileWriting: @escaping () -> Void = {}
  ) throws -> CheckpointError {
    var edited = try source.edit()
    try edited.replace("head") { emit in
      whileWriting()
      try Array(repeating: UInt8(1), count: 2_000_000).withUnsafeBytes(emit)
    }
    let destination = fileSystem.url.appendingPathComponent("edited")
    let error = #expect(throws: CheckpointError.self) {
      try edited.write(to: destination, overwrite: false, record: EditingSource.record)
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fileSystem.url.path).allSatisfy { $0 == "filler" })
    return try #require(error)
  }

  @Test func tooSmallFromTheStart() throws {
    let fileSystem = try SmallFileSystem(megabytes: 1, in: directory)
    let error = try failure(in: fileSystem)
    #expect(error.kind == .noSpace && error.reason.hasPrefix("the checkpoint takes 3 MB, but"))
  }

  @Test func filledWhileWriting() throws {
    let fileSystem = try SmallFileSystem(megabytes: 4, in: directory)
    let error = try failure(in: fileSystem) {
      let filler = fileSystem.url.appendingPathComponent("filler").path
      #expect(FileManager.default.createFile(atPath: filler, contents: Data(count: 3_000_000)))
    }
    #expect(error.kind == .noSpace && error.file.hasSuffix(EditingSource.second))
  }
}
