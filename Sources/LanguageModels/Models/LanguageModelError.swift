import Torch

/// Why a model could not be built or run.
public enum LanguageModelError: Error, Equatable, CustomStringConvertible {
  /// `config.json` names an architecture that is not implemented.
  case unknownArchitecture(String, known: [String])
  /// `config.json` asks for a variant that is not implemented; `file` holds it.
  case unsupported(file: String, reason: String)
  /// A weight has another shape than `config.json` makes it have.
  case weightShape(name: String, found: [Int], expected: [Int], file: String)
  /// A weight is missing.
  case missingWeight(name: String, file: String, advice: String)
  /// A weight is stored in a type that cannot be computed with.
  case weightType(name: String, type: String, file: String)
  /// The head and the embedding are said to be tied but differ.
  case untiedHead(name: String, file: String)
  /// A weight was to be replaced by something that does not fit in its place.
  case replacement(name: String, reason: String)
  /// A sequence of tokens cannot be run.
  case sequence(row: Int, reason: String)
  /// The caller's batch, cache or choice of blocks is not one that can be run.
  case invalidPass(String)
  /// Settings for generating text are out of range.
  case sampling(String)
  /// The model computed NaN or an infinity where a text was to go on or a token to be scored.
  case nonFiniteLogits

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unknownArchitecture(let name, let known):
      "model_type “\(name)” is not supported; supported: \(known.joined(separator: ", "))."
    case .unsupported(let file, let reason): "\(file): \(reason)"
    case .weightShape(let name, let found, let expected, let file):
      "\(file): tensor “\(name)” has shape \(found), but config.json makes it \(expected); "
        + "the configuration belongs to another model."
    case .missingWeight(let name, let file, let advice): "\(file): it has no tensor “\(name)”. \(advice)"
    case .weightType(let name, let type, let file):
      "\(file): tensor “\(name)” is stored as \(type); weights must be F32, F64, F16 or BF16. "
        + "Convert the checkpoint (quantized weights cannot be edited)."
    case .untiedHead(let name, let file):
      "\(file): config.json says that head and embedding are tied, but “\(name)” is stored and differs from the "
        + "embedding. Set tie_word_embeddings to false, or remove the tensor."
    case .replacement(let name, let reason): "weight “\(name)” cannot be replaced: \(reason)"
    case .sequence(let row, let reason): "sequence \(row): \(reason)"
    case .invalidPass(let reason): reason
    case .sampling(let reason): reason
    case .nonFiniteLogits:
      "the model's logits are not finite: its weights are damaged, or too large for the type it computes in; "
        + "try float32."
    }
  }
}
