import Checkpoints
import Foundation
import StrictJSON

/// Where the results of one run go, `RESULTS/METHOD/run_NNN`, as the published code has it.
public struct RunDirectory: Sendable, Equatable {
  /// The directory.
  public let url: URL

  /// How many other runs may take a number while this one looks for its own.
  private static let attempts = 100
  private static let longestNumber = 9

  /// Makes the directory of the next run: its number is one more than the largest there.
  ///
  /// - Throws: ``EvaluationError/unwritable(directory:reason:)``.
  public init(below results: URL, method: String) throws(EvaluationError) {
    let parent = results.appendingPathComponent(method, isDirectory: true)
    var failure = "too many runs start at once"
    for _ in 0..<Self.attempts {
      let next = (Self.numbers(in: parent).max() ?? -1) + 1
      let url = parent.appendingPathComponent("run_\(String(format: "%03d", next))", isDirectory: true)
      do {
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        // Fails where another run has taken the number, so that no two runs share a directory.
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        self.url = url
        return
      } catch {
        failure = error.localizedDescription
        guard FileManager.default.fileExists(atPath: url.path) else { break }
      }
    }
    throw .unwritable(directory: parent.path, reason: failure)
  }

  /// Writes a JSON file into the directory.
  ///
  /// - Throws: `CheckpointError` naming the file.
  public func write(_ json: JSON, to name: String) throws(CheckpointError) {
    try AtomicFile.write(
      json.serialized(pretty: true), to: url.appendingPathComponent(name), overwrite: true)
  }

  private static func numbers(in parent: URL) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("run_"), name.utf8.count <= "run_".utf8.count + Self.longestNumber else {
        return nil
      }
      return Int(name.dropFirst("run_".count)).flatMap { $0 >= 0 ? $0 : nil }
    }
  }
}
