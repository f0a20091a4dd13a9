import Checkpoints
import Foundation
import Ledger
import Testing
import TestSupport

/// Disks that are full or cannot be written, through the program: nothing that was there is lost.
@Suite(.serialized, .enabled(if: SmallFileSystem.isAvailable, "needs the right to mount a tmpfs"))
struct FaultyFileSystemTests {
  private let setUp: LedgerSetUp

  init() throws { setUp = try LedgerSetUp() }

  /// An edited checkpoint on a file system, and its files.
  private func edited(on fileSystem: SmallFileSystem) throws -> (url: URL, files: [String: Data]) {
    let first = setUp.directory("first")
    try setUp.edited(setUp.edit.model, setUp.facts(0..<8, named: "a.json"), to: first)
    let url = fileSystem.url.appendingPathComponent("edited")
    try FileManager.default.copyItem(at: first, to: url)
    return (url, try url.files())
  }

  private func refused(
    _ result: Program.Result, _ words: String, at location: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == 1 && result.errors.contains(words), "\(result.errors)", sourceLocation: location)
    #expect(result.errors.hasPrefix("error: "), "\(result.errors)", sourceLocation: location)
  }

  /// 5 MB hold the checkpoint of 3 MB and its ledger of less than 1, and not two of them.
  @Test func fullDisk() throws {
    let fileSystem = try SmallFileSystem(megabytes: 5, in: setUp.edit.folder)
    let (url, files) = try edited(on: fileSystem)
    let more = try setUp.facts(8..<16, named: "b.json")
    try refused(setUp.run(url, more, to: url, ["--overwrite"]), "Free some space")
    try refused(setUp.edit.program.run(["ledger", "undo", "--model", url.path]), "Free some space")
    try refused(setUp.edit.program.run(["ledger", "remove", "2", "--model", url.path]), "Free some space")
    for form in ["checkpoint", "adapter"] {
      let output = fileSystem.url.appendingPathComponent("exported").path
      let filler = fileSystem.url.appendingPathComponent("filler")
      try Data(count: form == "adapter" ? 1 << 19 : 0).write(to: filler)
      let result = try setUp.edit.program.run([
        "export", "--as", form, "--model", url.path, "--output", output,
      ])
      if result.status != 0 { refused(result, "Free some space") } else { #expect(form == "adapter") }
      try? FileManager.default.removeItem(atPath: output)
    }
    #expect(try url.files() == files)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fileSystem.url.path).sorted() == [
        "edited", "filler",
      ])
  }

  @Test func readOnlyDirectory() throws {
    let fileSystem = try SmallFileSystem(megabytes: 20, in: setUp.edit.folder)
    let (url, files) = try edited(on: fileSystem)
    try fileSystem.makeReadOnly()
    let output = fileSystem.url.appendingPathComponent("output").path
    try refused(
      setUp.run(setUp.edit.model, setUp.edit.facts, to: URL(fileURLWithPath: output)), "Read-only file system"
    )
    for arguments in [
      ["ledger", "undo", "--model", url.path], ["ledger", "remove", "2", "--model", url.path],
      ["export", "--model", url.path, "--output", output],
      ["export", "--as", "adapter", "--model", url.path, "--output", output],
      ["export", "--as", "delta", "--model", url.path, "--output", output],
    ] {
      try refused(setUp.edit.program.run(arguments), "Read-only file system")
    }
    // What only reads is not hindered, and writes nothing beside what it reads.
    try setUp.succeed(["ledger", "log", "--model", url.path])
    try setUp.succeed(["ledger", "verify", "--model", url.path])
    try setUp.edited(url, setUp.facts(8..<16, named: "b.json"), to: setUp.directory("elsewhere"))
    #expect(try url.files() == files)
  }
}

/// Files that other programs change or leave behind while this one works.
@Suite(.serialized) struct ConcurrentChangesTests {
  private let setUp: LedgerSetUp

  init() throws { setUp = try LedgerSetUp() }

  /// Stopped some time after it has mapped the weights, the program goes on to find them cut short.
  @Test(.enabled(if: access("/proc/self/maps", R_OK) == 0, "needs /proc")) func weightsCutShortWhileMapped()
    throws
  {
    let weights = setUp.edit.model.appendingPathComponent(LedgerSetUp.weights)
    let whole = try Data(contentsOf: weights)
    var messages: [String] = []
    for delay in [0, 0.1, 0.2, 0.4] {
      try whole.write(to: weights)
      let errors = try setUp.edit.folder.write("errors", "")
      let process = try setUp.edit.program.start(
        setUp.edit.arguments(), errors: FileHandle(forWritingTo: errors))
      let maps = URL(fileURLWithPath: "/proc/\(process.processIdentifier)/maps")
      while process.isRunning, !Self.contents(of: maps).contains(weights.path) { usleep(500) }
      Thread.sleep(forTimeInterval: delay)
      kill(process.processIdentifier, SIGSTOP)
      try #require(
        process.isRunning,
        "after \(delay) s: \((try? Data(contentsOf: errors)).map { String(decoding: $0, as: UTF8.self) } ?? "")"
      )
      try FileHandle(forWritingTo: weights).truncate(atOffset: 100_000)
      kill(process.processIdentifier, SIGCONT)
      process.waitUntilExit()
      let message = try String(contentsOf: errors, encoding: .utf8)
      #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(message)")
      #expect(message.contains(LedgerSetUp.weights), "\(message)")
      #expect(!FileManager.default.fileExists(atPath: setUp.edit.output.path))
      messages.append(message)
    }
    // The first may be stopped before it has looked at the header, and then finds a file that is too short.
    #expect(messages.contains { $0.contains("cut short while it was being read") }, "\(messages)")
  }

  /// A file of /proc as far as it can be read. Foundation's ways to read a whole file stop after the first piece of these.
  private static func contents(of file: URL) -> String {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return "" }
    var bytes = Data()
    while let piece = try? handle.read(upToCount: 1 << 16), !piece.isEmpty { bytes += piece }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Readers see one state or the other while a ledger is replaced again and again.
  @Test func ledgerReadWhileItIsWritten() throws {
    let (edited, work) = (setUp.directory("edited"), setUp.directory("work"))
    try setUp.edited(setUp.edit.model, setUp.edit.facts, to: edited)
    try FileManager.default.copyItem(at: edited, to: work)
    for _ in 0..<2 {
      let writer = try setUp.edit.program.start(["ledger", "undo", "--model", work.path])
      var readings: [Int] = []
      repeat {
        let log = try setUp.succeed(["ledger", "log", "--model", work.path, "--json"]).json
        readings.append(log["facts"]?.array?.count ?? -1)
      } while writer.isRunning
      writer.waitUntilExit()
      #expect(writer.terminationStatus == 0)
      #expect(readings == readings.sorted(by: >) && Set(readings).isSubset(of: [24, 16, 8]), "\(readings)")
    }
    #expect(
      try setUp.succeed(["ledger", "log", "--model", work.path, "--json"]).json["facts"]?.array?.count == 8)
  }

  /// What killed writers left: a half-written checkpoint and a lock that nobody holds.
  @Test func staleFilesAreRemoved() throws {
    let folder = setUp.edit.folder
    for name in [".edited.alphaedit-0123456789abcdef.partial", ".adapter.alphaedit-0123456789abcdef.partial"]
    {
      try folder.write("\(name)/model.safetensors", "half")
    }
    for name in ["edited", "adapter"] {
      try folder.write(".\(name).alphaedit.lock", "process 1 on another machine")
    }
    let edited = setUp.directory("edited")
    try setUp.edited(setUp.edit.model, setUp.facts(0..<8, named: "a.json"), to: edited)
    try setUp.succeed([
      "export", "--as", "adapter", "--model", edited.path, "--output", setUp.directory("adapter").path,
    ])
    #expect(try folder.names() == ["a.json", "adapter", "cache", "edited", "facts.json", "model"])
    // What belongs to others is left alone.
    try folder.write(".edited.other.partial", "mine")
    try setUp.edited(setUp.edit.model, setUp.facts(0..<8, named: "a.json"), to: edited, ["--overwrite"])
    #expect(try folder.names().contains(".edited.other.partial"))
  }
}
