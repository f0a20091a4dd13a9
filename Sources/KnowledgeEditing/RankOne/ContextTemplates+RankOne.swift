import Foundation
import StrictJSON

// ROME's own contexts, which are a flat list: the method gives each the same weight, whatever its type.
extension ContextTemplates {
  /// How long ROME's generated contexts are, and how many there are of each length.
  public struct LengthCount: Sendable, Equatable {
    /// Tokens of a context, its start word and special tokens included.
    public var length: Int
    /// Contexts of that length, a multiple of the number of start words.
    public var count: Int

    /// `count` contexts of `length` tokens.
    public init(length: Int, count: Int) {
      self.length = length
      self.count = count
    }
  }

  /// The published templates of ROME, from texts that `generator` writes: the bare prompt, then for each length the start words
  /// in order, each as often as it takes, braces left out, followed by `. ` and the prompt.
  ///
  /// - Parameters:
  ///   - lengths: as published, `Hyperparameters.contextLengths()`.
  ///   - generator: continues each prompt up to `maximumLength` tokens in total, drawing among the `topK` most probable;
  ///     returns the decoded tokens of each, prompt and special tokens included.
  public static func generateFlat<Failure: Error>(
    lengths: [LengthCount],
    using generator: (_ prompts: [String], _ maximumLength: Int, _ topK: Int) throws(Failure) -> [String]
  ) throws(Failure) -> ContextTemplates {
    var texts: [String] = []
    for entry in lengths {
      let prompts = startWords.flatMap { Array(repeating: $0, count: entry.count / startWords.count) }
      texts += try generator(prompts, entry.length, generatedTopK)
    }
    return ContextTemplates(
      prefixes: texts.map { text in
        GeneratedText.normalized(text)
          .replacingOccurrences(of: "{", with: "", options: .literal)
          .replacingOccurrences(of: "}", with: "", options: .literal) + ". "
      })
  }
}

extension Hyperparameters {
  /// `context_template_length_params`, pairs of a length and how many contexts have it; the published value where the file
  /// does not have it.
  ///
  /// - Throws: `HyperparameterError` where it is something else.
  public func contextLengths(
    file: String = "hyper-parameters"
  ) throws(HyperparameterError) -> [ContextTemplates.LengthCount] {
    let key = "context_template_length_params"
    guard let value = others[key] else {
      return [.init(length: 5, count: 10), .init(length: 10, count: 10)]
    }
    func error(_ fault: HyperparameterError.Fault) -> HyperparameterError {
      HyperparameterError(file: file, key: key, fault: fault)
    }
    let expected = "an array of pairs of integers"
    guard let pairs = value.array else { throw error(.wrongType(expected: expected, found: value.kind)) }
    var lengths: [ContextTemplates.LengthCount] = []
    for pair in pairs {
      guard let numbers = pair.array?.map(\.int), numbers.count == 2, let length = numbers[0],
        let count = numbers[1]
      else { throw error(.wrongType(expected: expected, found: "an array that holds something else")) }
      let step = ContextTemplates.startWords.count
      guard (1...1_000).contains(length), (0...1_000).contains(count), count.isMultiple(of: step) else {
        throw error(
          .notAllowed(
            value: "[\(length), \(count)]",
            allowed: "lengths from 1 to 1000, and up to 1000 of each, by \(step)s"))
      }
      lengths.append(.init(length: length, count: count))
    }
    return lengths
  }
}
