import ArgumentParser
import Foundation
import KnowledgeEditing

/// The program: commands in, exit codes out (0 done, 1 failed, 64 wrongly called, others in ``ExitStatus``).
@main
struct AlphaEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alphaedit",
    abstract: "Edits facts in a language model's checkpoint.",
    discussion: """
      A checkpoint is a directory with config.json, model.safetensors (or shards) and tokenizer.json, as models are \
      published on Hugging Face. Results go to standard output, progress and warnings to standard error.
      """,
    version: Version.current,
    subcommands: [
      EditCommand.self, LedgerCommand.self, ExportCommand.self, ApplyCommand.self, CheckCommand.self,
      EvaluateCommand.self, SummarizeCommand.self, StatisticsCommand.self,
      GenerateCommand.self, ScoreCommand.self, TokenizeCommand.self, DemoCommand.self, BenchCommand.self,
      DoctorCommand.self,
    ])

  static func main() {
    var command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      exit(withError: error)
    }
    do {
      try command.run()
    } catch let code as ExitCode {
      // The command has said all.
      Foundation.exit(code.rawValue)
    } catch let error where exitCode(for: error) != .failure {
      // Help, a clean exit or wrong usage; the parser's own words fit.
      type(of: command).exit(withError: error)
    } catch {
      StandardError.write("error: \(error)\n")
      Foundation.exit(ExitCode.failure.rawValue)
    }
  }
}
