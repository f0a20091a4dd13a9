import Torch

extension EditingRecipe {
  /// The solver of a layer with these statistics, and what to warn of.
  ///
  /// - Parameter nullSpace: that of the statistics where it is known already.
  /// - Throws: ``EditingError``.
  func solver(
    for statistics: KeyStatistics, settings: Hyperparameters, device: Device = .cpu,
    nullSpace: NullSpace? = nil
  ) throws -> (solver: any LayerSolver, warning: String?) {
    switch preserves {
    case .nullSpace:
      let space =
        try nullSpace
        ?? NullSpace(statistics: statistics, rule: settings.nullSpace, device: device)
      let preservation = NullSpacePreservation(nullSpace: space, ridge: settings.ridge)
      return (RecursiveSolver(preservation: preservation), nil)
    case .secondMoment:
      guard let weight = settings.secondMomentWeight else {
        throw EditingError.missingSetting(
          method: "a method that preserves the second moment", key: "mom2_update_weight")
      }
      let c = try statistics.secondMoment(.float64)
      if selectsNeurons, let share = settings.neurons?.share, share < 1 {
        let preserved = try WeightedSecondMoment(secondMoment: c, weight: weight, device: device)
        return (NeuronSolver(preserved: preserved, share: share), nil)
      }
      let preservation = try SecondMomentPreservation(secondMoment: c, weight: weight, device: device)
      let warning =
        preservation.jitter == 0
        ? nil
        : "\(statistics.layerName): the key statistics are singular; \(preservation.jitter) of their mean eigenvalue was added"
      return (RecursiveSolver(preservation: preservation, precision: .float64), warning)
    }
  }
}
