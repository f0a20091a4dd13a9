import Foundation

/// A reader of bytes that nobody vouches for, as the fuzzer runs it and the tests of the fuzzer's corpus.
///
/// Whatever the bytes, a reader returns or throws an error of this project's own. All else is a finding: a trap, a hang,
/// more memory than the input accounts for, another error, or a promise of the reader that does not hold.
public struct FuzzedReader: Sendable, CustomStringConvertible {
  /// What mutated inputs keep of their format, so that some get past the first check.
  public enum Format: Sendable {
    /// A JSON document.
    case json
    /// A length, a JSON document of that length, and data.
    case safetensors
    /// Anything.
    case bytes
  }

  /// What became of an input.
  public enum Outcome: Sendable, Equatable {
    /// It was read.
    case read
    /// It was refused, with this message.
    case refused(String)
  }

  /// Its name: that of its folder in `Fuzzing/Corpus`.
  public let name: String
  /// The format of its inputs.
  public let format: Format
  /// The name.
  public var description: String { name }
  private let prepare: @Sendable (URL) throws -> Void
  private let read: @Sendable ([UInt8], URL) throws -> Void

  /// A reader.
  ///
  /// - Parameters:
  ///   - prepare: puts into an empty directory what stays the same from input to input.
  ///   - read: reads an input, with the help of files in that directory.
  init(
    _ name: String, _ format: Format, prepare: @escaping @Sendable (URL) throws -> Void = { _ in },
    _ read: @escaping @Sendable ([UInt8], URL) throws -> Void
  ) {
    self.name = name
    self.format = format
    self.prepare = prepare
    self.read = read
  }

  /// All of them.
  public static let all: [FuzzedReader] = [
    .safetensors, .index, .config, .tokenizer, .npz, .facts, .hyperparameters, .ledger, .delta, .json,
    .statistics, .corpus, .results,
  ]

  /// Prepares an empty directory for ``run(_:in:)``.
  public func prepare(_ directory: URL) throws { try prepare(directory) }

  /// Reads one input.
  ///
  /// - Parameter directory: what ``prepare(_:)`` prepared.
  /// - Throws: ``BrokenPromise``.
  public func run(_ bytes: [UInt8], in directory: URL) throws(BrokenPromise) -> Outcome {
    do {
      try read(bytes, directory)
      return .read
    } catch let broken as BrokenPromise {
      throw broken
    } catch {
      let type = String(reflecting: type(of: error))
      guard Self.ownModules.contains(where: { type.hasPrefix($0 + ".") }) else {
        throw BrokenPromise("an error of another library was thrown, \(type): \(error)")
      }
      return .refused("\(error)")
    }
  }

  private static let ownModules = [
    "StrictJSON", "Checkpoints", "Tokenization", "Torch", "LanguageModels", "Ledger", "KnowledgeEditing",
    "Experiments",
  ]
}

/// A promise of a reader that an input breaks.
public struct BrokenPromise: Error, Equatable, CustomStringConvertible {
  /// Which, and how.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Throws ``BrokenPromise`` unless something holds.
func promise(_ holds: Bool, _ description: @autoclosure () -> String) throws(BrokenPromise) {
  guard holds else { throw BrokenPromise(description()) }
}

/// Tries an input in several ways, and throws the first refusal if it is refused in all of them.
func inOneWay(_ ways: [() throws -> Void]) throws {
  var refusals: [any Error] = []
  for way in ways {
    do { try way() } catch let broken as BrokenPromise { throw broken } catch { refusals.append(error) }
  }
  if let refusal = refusals.first, refusals.count == ways.count { throw refusal }
}
