import Foundation
import StrictJSON
import Testing
import TestSupport

/// The built program, run as a process.
struct Program {
  /// What a run left behind.
  struct Result {
    var status: Int32
    var output: String
    var errors: String

    /// The object printed with `--json`.
    var json: JSON { get throws { try JSON.parse(output) } }

    /// The objects of JSON lines.
    var lines: [JSON] { get throws { try output.split(separator: "\n").map { try JSON.parse(String($0)) } } }
  }

  /// Where the build put it: beside the tests.
  static let url: URL = {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var folder = tests.deletingLastPathComponent()
    // On macOS the tests are in a bundle beside it.
    while folder.path.contains(".xctest") { folder.deleteLastPathComponent() }
    return folder.appendingPathComponent("alphaedit")
  }()

  /// What the program keeps for later goes here.
  var cache: URL

  /// Starts the program and returns at once.
  func start(
    _ arguments: [String], in shell: String? = nil, output: Any? = FileHandle.nullDevice,
    errors: Any? = FileHandle.nullDevice
  ) throws -> Process {
    let process = Process()
    if let shell {
      // The shell sets a limit and then becomes the program.
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "\(shell); exec \"$0\" \"$@\"", Self.url.path] + arguments
    } else {
      process.executableURL = Self.url
      process.arguments = arguments
    }
    var environment = ProcessInfo.processInfo.environment
    environment["ALPHAEDIT_CACHE"] = cache.path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return process
  }

  /// Runs the program to its end.
  ///
  /// - Parameter shell: commands for a shell to run before, such as `ulimit`
  func run(_ arguments: [String], in shell: String? = nil) throws -> Result {
    let folder = try TemporaryDirectory()
    let (output, errors) = (
      folder.url.appendingPathComponent("out"), folder.url.appendingPathComponent("err")
    )
    for file in [output, errors] { try Data().write(to: file) }
    let process = try start(
      arguments, in: shell, output: FileHandle(forWritingTo: output), errors: FileHandle(forWritingTo: errors)
    )
    process.waitUntilExit()
    try #require(process.terminationReason == .exit, "the program ended by a signal: \(arguments)")
    return Result(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

extension JSON {
  /// The whole numbers of a list.
  var integers: [Int]? { array?.compactMap(\.int) }

  /// The numbers of a list.
  var numbers: [Double]? { array?.compactMap(\.double) }
}
