import StrictJSON

/// One of the tests of general ability of the published experiment, in the order in which it runs them.
///
/// Five classifications of the GLUE and SuperGLUE benchmarks and questions of MMLU; raw values are the published short
/// names.
public enum AbilityTask: String, Sendable, CaseIterable {
  /// SST-2: whether a review is positive or negative.
  case sst
  /// MMLU: which of four answers to an examination question is right.
  case mmlu
  /// MRPC: whether two sentences paraphrase each other.
  case mrpc
  /// CoLA: whether a sentence is acceptable English.
  case cola
  /// RTE: whether a text entails a hypothesis.
  case rte
  /// NLI: the same, from another collection and asked in other words.
  case nli

  /// The name the field uses.
  public var title: String { self == .sst ? "SST-2" : self == .cola ? "CoLA" : rawValue.uppercased() }

  /// The file of its records.
  public var fileName: String { self == .sst ? "sst2.json" : "\(rawValue).json" }

  /// The member of the published `…_glue.json` files that holds its results: `mmmlu` for MMLU, sic.
  public var publishedKey: String { self == .mmlu ? "mmmlu" : rawValue }

  /// The members of a record that are texts to be put into the prompt.
  var textKeys: [String] {
    switch self {
    case .sst, .cola: ["sentence"]
    case .mrpc, .rte, .nli: ["sentence1", "sentence2"]
    case .mmlu: ["question"]
    }
  }

  /// The member of a record that holds the right answer.
  var labelKey: String { self == .mmlu ? "answer" : "label" }
}

extension AbilityTask {
  /// Says how many questions were left out beside those that were asked; nil where none was.
  func notice(leftOut: Int, asked: Int) -> String? {
    guard leftOut > 0 else { return nil }
    return
      "\(title): \(leftOut) of \(leftOut + asked) questions were left out, which are longer than the model's positions"
  }

  /// The same of the scores of a stage, as `summary.json` has them; nil where they are none.
  public func notice(of scores: JSON) -> String? {
    let scores = scores[rawValue]
    guard let leftOut = scores?["left_out"]?.int, let asked = scores?["generation"]?["total"]?.int else {
      return nil
    }
    return notice(leftOut: leftOut, asked: asked)
  }
}
