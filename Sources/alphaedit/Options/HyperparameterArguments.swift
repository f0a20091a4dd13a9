import ArgumentParser
import KnowledgeEditing

/// Single hyper-parameters, instead of what a file says.
struct HyperparameterArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Blocks to edit, such as 4,5,6 or 4-6.", valueName: "blocks"))
  var layers: LayerList?

  @Option(
    help: ArgumentHelp(
      "Protect the leading directions that hold this share of the keys' spectrum, such as 0.99.",
      valueName: "share"))
  var preserve: Double?

  @Option(
    help: ArgumentHelp(
      "Protect the directions whose eigenvalue is at least this, as published.", valueName: "eigenvalue"))
  var threshold: Double?

  @Option(help: ArgumentHelp("The coefficient of the identity in the solve.", valueName: "l2"))
  var l2: Double?

  @Option(help: ArgumentHelp("Steps in the search for target values.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Learning rate of that search.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("Largest change of a state there, as a share of its norm.", valueName: "share"))
  var clamp: Double?

  @Option(
    help: ArgumentHelp("Weight of the keys' second moment, for the methods that preserve it.", valueName: "λ")
  )
  var momentWeight: Double?

  @Flag(
    help:
      "End the search for a target value when the target is the most probable answer in every context (ENCORE)."
  )
  var stopWhenSaid = false

  @Flag(help: "Edit the first and the last layer only, each with target values of its own (BLUE).")
  var boundaryLayers = false

  @Flag(help: "Scale target values to the norms of the unedited model (NAS).")
  var anchorNorms = false

  func validate() throws {
    if preserve != nil && threshold != nil {
      throw ValidationError("--preserve and --threshold exclude each other")
    }
  }

  var overrides: HyperparameterOverrides {
    var overrides = HyperparameterOverrides()
    overrides.layers = layers?.layers
    overrides.nullSpace = preserve.map(NullSpaceRule.share) ?? threshold.map(NullSpaceRule.threshold)
    overrides.ridge = l2
    overrides.targetSteps = steps
    overrides.learningRate = learningRate
    overrides.clampNormFactor = clamp
    overrides.secondMomentWeight = momentWeight
    if stopWhenSaid { overrides.options.insert(.stopsWhenSaid) }
    if boundaryLayers { overrides.options.insert(.boundaryLayers) }
    if anchorNorms { overrides.options.insert(.anchorsNorms) }
    return overrides
  }
}
