/// The methods that write facts, by their published names (`--alg_name`).
public enum EditingMethod: String, Sendable, CaseIterable {
  /// AlphaEdit (Fang et al. 2025, arXiv 2410.02355): updates in the null space of what the model knows.
  case alphaEdit = "AlphaEdit"
  /// MEMIT (Meng et al. 2023, arXiv 2210.07229), each batch for itself.
  case memit = "MEMIT"
  /// MEMIT that preserves the facts of earlier batches as well.
  case memitSequential = "MEMIT_seq"
  /// RECT (Gu et al. 2024, arXiv 2401.04700): of MEMIT's update, the largest relative changes only.
  case rect = "MEMIT_rect"
  /// PRUNE (Ma et al. 2025, arXiv 2405.16821): MEMIT, the singular values of its whole change being restrained at the end.
  case prune = "MEMIT_prune"
  /// NSE (Jiang et al. 2025, arXiv 2410.04045): target values from the original weights, updates of chosen neurons, repeated.
  case nse = "NSE"
  /// ROME (Meng et al. 2022, arXiv 2202.05262): a rank-one update of one layer for each fact.
  case rome = "ROME"
  /// Fine-tuning of the layers' weights, with or without a bound on each weight's change.
  case fineTuning = "FT"

  /// The folder below `hparams` that holds its files; the variants of MEMIT share one.
  public var hyperparameterFolder: String {
    switch self {
    case .memit, .memitSequential, .rect, .prune: "MEMIT"
    default: rawValue
    }
  }

  /// What it does, for the methods that solve for a batch of facts together; nil for ROME and fine-tuning.
  ///
  /// - Parameter asPublished: whether faults of the published code that change its numbers are kept; see ``EditingRecipe``.
  public func recipe(asPublished: Bool = false) -> EditingRecipe? {
    switch self {
    case .alphaEdit: .alphaEdit
    case .memit: .memit
    case .memitSequential: .memitSequential
    case .rect: .rect
    case .prune: asPublished ? .prunePublished : .prune
    case .nse: asPublished ? .nsePublished : .nse
    case .rome, .fineTuning: nil
    }
  }
}
