import Foundation
import StrictJSON
import TestSupport
import Testing

/// The tiny Llama with parts of its 24 facts, to be edited more than once.
struct LedgerSetUp {
  let edit: TinyEdit

  init() throws { edit = try TinyEdit() }

  /// The weights' file.
  static let weights = "model.safetensors"

  /// A directory beside the model.
  func directory(_ name: String) -> URL { edit.folder[name] }

  /// A file with some of the facts, each changed first.
  func facts(_ range: Range<Int>, named name: String, change: (String) -> String = { $0 }) throws -> URL {
    let all = try JSON.parse(Data(contentsOf: edit.facts)).array ?? []
    return try edit.folder.write(name, change(JSON(Array(all[range])).text()))
  }

  /// Edits a model with facts, eight at a time, with the recorded settings and statistics.
  @discardableResult
  func run(
    _ model: URL, _ facts: URL, to output: URL, _ more: [String] = []
  ) throws -> Program.Result {
    var arguments = edit.arguments(more + ["--json"])
    for (option, value) in [("--model", model), ("--facts", facts), ("--output", output)] {
      if let index = arguments.firstIndex(of: option) { arguments[index + 1] = value.path }
    }
    return try edit.program.run(arguments)
  }

  /// The same, which must succeed.
  @discardableResult
  func edited(
    _ model: URL, _ facts: URL, to output: URL, _ more: [String] = []
  ) throws -> Program.Result {
    let result = try run(model, facts, to: output, more)
    try #require(result.status == 0, "\(result.errors)")
    return result
  }

  /// Runs a command that must succeed.
  @discardableResult
  func succeed(_ arguments: [String]) throws -> Program.Result {
    let result = try edit.program.run(arguments)
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return result
  }

  /// The bytes of a checkpoint's weights.
  func weights(_ directory: URL) throws -> Data {
    try Data(contentsOf: directory.appendingPathComponent(Self.weights))
  }
}
