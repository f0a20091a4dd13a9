import Foundation
import TestSupport

/// The tiny Llama in a directory of its own, to be edited, broken or overwritten.
struct TinyEdit {
  let folder: TemporaryDirectory
  let program: Program

  var model: URL { folder["model"] }
  var facts: URL { folder["facts.json"] }
  var output: URL { folder["edited"] }

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
    for name in ["model", "facts.json"] {
      try FileManager.default.copyItem(
        at: Package.llamaTiny.appendingPathComponent(name), to: folder[name])
    }
  }

  /// The arguments of an edit with the recorded settings and statistics.
  func arguments(_ more: [String] = [], statistics: URL? = nil) -> [String] {
    [
      "edit", "--model", model.path, "--facts", facts.path, "--output", output.path, "--hparams",
      Package.llamaTiny.appendingPathComponent("hparams/AlphaEdit.json").path, "--context-templates",
      Package.llamaTiny.appendingPathComponent("context-templates.json").path, "--statistics",
      (statistics ?? Package.llamaTiny.appendingPathComponent("statistics")).path, "--batch-size", "8",
      "--threads",
      "1",
    ] + more
  }
}
