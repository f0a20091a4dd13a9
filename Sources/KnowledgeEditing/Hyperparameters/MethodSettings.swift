import StrictJSON

/// The hyper-parameters of a method, whichever it is.
public enum MethodSettings: Sendable, Equatable {
  /// Of AlphaEdit, the variants of MEMIT, NSE and ROME.
  case locating(Hyperparameters)
  /// Of fine-tuning.
  case fineTuning(FineTuningSettings)

  /// The blocks to edit, ascending.
  public var layers: [Int] {
    switch self {
    case .locating(let settings): settings.layers
    case .fineTuning(let settings): settings.layers
    }
  }

  /// The last of ``layers``, behind which facts are read.
  public var targetLayer: Int { layers.last ?? 0 }

  /// Which token carries the subject.
  public var subjectPosition: SubjectPosition.Strategy {
    switch self {
    case .locating(let settings): settings.subjectPosition
    case .fineTuning: .subjectLast
    }
  }

  /// The object in the published layout.
  public var json: JSON {
    switch self {
    case .locating(let settings): settings.json
    case .fineTuning(let settings): settings.json
    }
  }

  /// Those of every method but fine-tuning; nil for that.
  public var located: Hyperparameters? {
    if case .locating(let settings) = self { settings } else { nil }
  }
}
