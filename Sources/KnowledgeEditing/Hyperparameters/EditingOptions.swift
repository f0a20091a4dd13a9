/// Departures from the published methods that later work has found to help, all off by default.
public struct EditingOptions: OptionSet, Sendable {
  /// The options in bits.
  public let rawValue: Int

  /// Options in bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The optimisation of a target value ends when the target is the most probable answer in every context, so that no fact is
  /// written harder than it must be (most-probable early stopping of ENCORE, Gupta et al. 2025, arXiv 2502.01636; `mpes`).
  public static let stopsWhenSaid = EditingOptions(rawValue: 1)

  /// Only the first and the last layer are edited, each with target values of its own and all of its residual (BLUE, Li et al.
  /// 2025, arXiv 2502.03748; `blue`).
  public static let boundaryLayers = EditingOptions(rawValue: 2)

  /// Each target value is scaled to the norm that the state has in the unedited model (norm-anchor scaling, Liu et al. 2026,
  /// arXiv 2602.02543; `nas`).
  public static let anchorsNorms = EditingOptions(rawValue: 4)

  /// The options with their keys in files of hyper-parameters.
  static let keys: [(key: String, option: EditingOptions)] = [
    ("mpes", .stopsWhenSaid), ("blue", .boundaryLayers), ("nas", .anchorsNorms),
  ]
}
