import Foundation
import Testing
import TestSupport

/// How the program is called.
@Suite struct UsageTests {
  private let folder: TemporaryDirectory
  private let program: Program

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  @Test(arguments: [
    ["edit"], ["edit", "--nonsense"], ["score", "--model"], ["statistics", "--shard", "9/8"],
    ["edit", "--model", "m", "--facts", "f", "--output", "o", "--memory", "lots"],
    ["edit", "--model", "m", "--facts", "f", "--output", "o", "--layers", "4,x"],
    ["edit", "--model", "m", "--facts", "f", "--output", "o", "--preserve", "0.9", "--threshold", "1"],
    ["edit", "--model", "m", "--facts", "f", "--output", "o", "--statistics", "s", "--corpus", "c"],
    ["edit", "--model", "m", "--facts", "f", "--output", "o", "--method", "hope"],
    ["generate", "--model", "m", "--prompt", "p", "--max-tokens", "0"],
  ])
  func wrongUsageEndsWith64(arguments: [String]) throws {
    let result = try program.run(arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty && result.errors.contains("Usage: alphaedit"), "\(result.errors)")
  }

  @Test(arguments: [
    "edit", "evaluate", "summarize", "statistics", "generate", "score", "tokenize", "demo", "bench", "check",
    "doctor",
    "ledger", "export", "apply",
  ])
  func everyCommandHasHelp(command: String) throws {
    let result = try program.run([command, "--help"])
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("USAGE: alphaedit \(command)"))
  }

  @Test func missingFilesAreFailures() throws {
    let missing = folder["missing"].path
    for arguments in [
      ["edit", "--model", missing, "--facts", missing, "--output", folder["o"].path],
      ["score", "--model", missing, missing], ["tokenize", "--tokenizer", missing, missing],
      ["generate", "--model", missing, "--prompt", "p"],
      ["statistics", "--model", missing, "--corpus", missing, "--output", folder["o"].path],
    ] {
      let result = try program.run(arguments)
      #expect(result.status == 1, "\(arguments)")
      #expect(result.errors.hasPrefix("error: ") && result.errors.contains(missing), "\(result.errors)")
    }
  }
}
