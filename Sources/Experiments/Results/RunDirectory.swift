import Checkpoints
import Foundation
import StrictJSON

/// Where the results of one run go, `RESULTS/METHOD/run_NNN`, as the published code has it.
///
/// One process at a time writes to it: the lock is held for as long as this object lives.
public final class RunDirectory {
  /// The directory.
  public let url: URL
  private let lock: DestinationLock

  /// How many other runs may take a number while this one looks for its own.
  private static let attempts = 100
  private static let longestNumber = 9

  /// Makes the directory of the next run: its number is one more than the largest there.
  ///
  /// - Throws: ``EvaluationError/unwritable(directory:reason:)``; `CheckpointError` where the lock cannot be taken.
  public init(below results: URL, method: String) throws {
    let parent = results.appendingPathComponent(method, isDirectory: true)
    url = try Self.make(in: parent)
    lock = try DestinationLock(for: url)
  }

  /// Opens the directory of an earlier run, to go on with it.
  ///
  /// - Parameter name: the directory's name, such as `run_003`.
  /// - Throws: ``EvaluationError/noSuchRun(name:directory:known:)``; `CheckpointError` while another process writes there.
  public init(continuing name: String, below results: URL, method: String) throws {
    let parent = results.appendingPathComponent(method, isDirectory: true)
    url = parent.appendingPathComponent(name, isDirectory: true)
    var isDirectory: ObjCBool = false
    guard Self.number(of: name) != nil,
      FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      let known = Self.names(in: parent).filter { Self.number(of: $0) != nil }.sorted()
      throw EvaluationError.noSuchRun(name: name, directory: parent.path, known: known)
    }
    lock = try DestinationLock(for: url)
  }

  private static func make(in parent: URL) throws(EvaluationError) -> URL {
    var failure = "too many runs start at once"
    for _ in 0..<attempts {
      let next = (names(in: parent).compactMap(number(of:)).max() ?? -1) + 1
      let url = parent.appendingPathComponent("run_\(String(format: "%03d", next))", isDirectory: true)
      do {
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        // Fails where another run has taken the number, so that no two runs share a directory.
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        return url
      } catch {
        failure = error.localizedDescription
        guard FileManager.default.fileExists(atPath: url.path) else { break }
      }
    }
    throw .unwritable(directory: parent.path, reason: failure)
  }

  /// Whether nothing has been written there yet.
  public var isEmpty: Bool { Self.names(in: url).allSatisfy { $0.hasPrefix(".") } }

  /// Writes a JSON file, whole or not at all; one with the same bytes is left as it is.
  ///
  /// - Parameters:
  ///   - name: the file's name, with the directories that it is in below this one.
  ///   - pretty: a member or element a line.
  /// - Throws: ``EvaluationError/unwritable(directory:reason:)``; `CheckpointError` naming the file.
  public func write(_ json: JSON, to name: String, pretty: Bool = true) throws {
    try write(json.serialized(pretty: pretty), to: name)
  }

  /// Writes a file, whole or not at all; one with the same bytes is left as it is.
  public func write(_ bytes: [UInt8], to name: String) throws {
    let file = url.appendingPathComponent(name)
    if let present = try? Data(contentsOf: file), present.elementsEqual(bytes) { return }
    let directory = file.deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw EvaluationError.unwritable(directory: directory.path, reason: error.localizedDescription)
    }
    try AtomicFile.write(bytes, to: file, overwrite: true)
  }

  /// Reads a JSON file; nil where there is none, or it is not JSON.
  public func read(_ name: String) -> JSON? {
    guard let bytes = try? Data(contentsOf: url.appendingPathComponent(name)) else { return nil }
    return try? JSON.parse(bytes)
  }

  private static func names(in directory: URL) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
  }

  /// The number in a name such as `run_003`; nil for other names.
  private static func number(of name: String) -> Int? {
    guard name.hasPrefix("run_"), name.utf8.count <= "run_".utf8.count + Self.longestNumber else {
      return nil
    }
    return Int(name.dropFirst("run_".count)).flatMap { $0 >= 0 ? $0 : nil }
  }
}
