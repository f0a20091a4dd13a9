import Foundation
import StrictJSON

/// What a check found.
public struct CheckResult: Sendable, Equatable {
  /// Whether it is fit to ship, as far as this check goes.
  public enum Verdict: String, Sendable {
    /// It is.
    case pass
    /// It is, but there is something to be known.
    case warn
    /// It is not.
    case fail
    /// It is not known.
    case notMeasured = "not_measured"
  }

  /// What was checked.
  public var kind: CheckKind
  /// The judgement.
  public var verdict: Verdict
  /// The figure of the unedited checkpoint, where there is one.
  public var base: Double?
  /// The figure of the edited checkpoint, where there is one.
  public var edited: Double?
  /// The bound, where there is one.
  public var bound: Double?
  /// What was found, in a line; the reason, where it was not measured.
  public var message: String
  /// What it was found in: files, tensors, facts; the first ones of many.
  public var details: [String] = []

  /// How many details are kept.
  static let detailLimit = 20

  /// A check that compares no figures.
  init(_ kind: CheckKind, _ verdict: Verdict, _ message: String, details: [String] = []) {
    self.kind = kind
    self.verdict = verdict
    self.message = message
    self.details = Self.limited(details)
  }

  /// A check that could not be made.
  static func notMeasured(_ kind: CheckKind, _ reason: String) -> CheckResult {
    CheckResult(kind, .notMeasured, reason)
  }

  /// A check of a figure: it fails where `distance`, which is 0 where all is as it should be, is past `bound`, and warns where it
  /// is past half of that.
  init(
    _ kind: CheckKind, base: Double?, edited: Double, distance: Double, tolerance: Double, bound: Double,
    message: String, details: [String] = []
  ) {
    // Half a rounding error is no reason to fail: shares such as 0.9 are not what they are written as.
    let slack = 1e-9
    let verdict: Verdict =
      if distance <= tolerance / 2 + slack { .pass } else if distance <= tolerance + slack { .warn } else {
        .fail
      }
    self.init(kind, verdict, message, details: verdict == .pass ? [] : details)
    (self.base, self.edited, self.bound) = (base, edited, bound)
  }

  /// The bound in words; nil where there is none.
  public var boundText: String? {
    guard let bound else { return nil }
    let percent = String(format: "%.1f %%", bound * 100)
    return switch kind {
    case .said, .saidFreely, .paraphrases: "≥ \(percent)"
    case .neighbors, .ability: "≥ base − \(percent)"
    case .perplexity: "≤ base + \(percent)"
    default: "≤ " + String(format: "%.4g", bound)
    }
  }

  private static func limited(_ details: [String]) -> [String] {
    let omitted = details.count - detailLimit
    return omitted > 0 ? details.prefix(detailLimit) + ["and \(omitted) more"] : details
  }

  /// The result as one object.
  var json: JSON {
    [
      "check": JSON(kind.rawValue), "title": JSON(kind.title), "verdict": JSON(verdict.rawValue),
      "base": base.map { JSON($0) } ?? .null, "edited": edited.map { JSON($0) } ?? .null,
      "bound": bound.map { JSON($0) } ?? .null, "option": kind.option.map { JSON($0) } ?? .null,
      "message": JSON(message), "details": JSON(details.map { JSON($0) }),
    ]
  }
}

/// What is checked, in this order.
public enum CheckKind: String, Sendable, CaseIterable {
  /// All files can be read, and those beside the weights are the base's.
  case files
  /// The tensors are the base's but for those that were edited.
  case tensors
  /// All numbers are finite.
  case finite
  /// Edited tensors have about the norms that they had.
  case norms
  /// Edited tensors have not changed by more than is sane.
  case changes
  /// Base and ledger give the weights.
  case ledger
  /// The model computes.
  case model
  /// Facts are said, with teacher forcing.
  case said
  /// Facts are said when the model writes by itself.
  case saidFreely = "said_freely"
  /// Facts hold in other words.
  case paraphrases
  /// Prompts about other subjects are answered as before.
  case neighbors
  /// Text that no fact is about is as likely as before.
  case perplexity
  /// Tests of general ability are passed as before.
  case ability

  /// A few words for it.
  public var title: String {
    switch self {
    case .files: "files"
    case .tensors: "tensors"
    case .finite: "finite weights"
    case .norms: "norms of edited weights"
    case .changes: "changes of edited weights"
    case .ledger: "ledger"
    case .model: "model computes"
    case .said: "facts said"
    case .saidFreely: "facts said freely"
    case .paraphrases: "paraphrases"
    case .neighbors: "neighbours"
    case .perplexity: "perplexity"
    case .ability: "general ability"
    }
  }

  /// What is looked at, in a sentence.
  public var explanation: String {
    switch self {
    case .files: "All files can be read, and those beside the weights are the base's."
    case .tensors:
      "Names, shapes and types are the base's, and so are the bytes of all tensors that were not edited."
    case .finite: "No weight is infinite or not a number."
    case .norms: "‖W′‖/‖W‖ (Frobenius) of the edited tensor whose norm has changed most."
    case .changes: "‖ΔW‖/‖W‖ (Frobenius) of the edited tensor that has changed most."
    case .ledger: "Base and ledger give the checkpoint's weights, byte for byte."
    case .model: "The checkpoint opens as a model and answers."
    case .said:
      "Each token of the target is the likeliest one, and the target is likelier than the former one."
    case .saidFreely: "The greedy continuation of the prompt says the target."
    case .paraphrases: "The new target is likelier than the former one at paraphrases."
    case .neighbors: "The former target is likelier than the new one at prompts about other subjects."
    case .perplexity: "Perplexity of text that no fact is about."
    case .ability: "Mean accuracy of the likeliest answers in tests of general ability."
    }
  }

  /// The option that sets its bound; nil where it has none.
  public var option: String? {
    switch self {
    case .files, .tensors, .finite, .ledger, .model: nil
    case .norms: "--max-norm-ratio"
    case .changes: "--max-norm-growth"
    case .said: "--min-said"
    case .saidFreely: "--min-said-freely"
    case .paraphrases: "--min-paraphrases"
    case .neighbors: "--max-neighbor-loss"
    case .perplexity: "--max-perplexity-growth"
    case .ability: "--max-ability-loss"
    }
  }

  /// Whether its figures are shares of 1.
  public var isShare: Bool {
    switch self {
    case .said, .saidFreely, .paraphrases, .neighbors, .ability: true
    default: false
    }
  }
}
