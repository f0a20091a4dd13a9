/// The learning rate of the optimisation of target values.
public enum LearningRate: Sendable, Equatable {
  /// Adam's learning rate itself, as published (`v_lr`).
  case absolute(Double)

  /// The length of Adam's first step as a share of the hidden state's norm. Each coordinate of that step is the
  /// learning rate, so that the step is √width times as long.
  case relativeToNorm(Double)

  /// Adam's learning rate for a hidden state of that norm and width.
  public func value(forNorm norm: Double, width: Int) -> Double {
    switch self {
    case .absolute(let rate): rate
    case .relativeToNorm(let share): share * norm / Double(max(width, 1)).squareRoot()
    }
  }
}
