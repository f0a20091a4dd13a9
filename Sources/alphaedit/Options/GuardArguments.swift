import ArgumentParser
import KnowledgeEditing

/// How far a model may drift while it is edited.
struct GuardArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stop where the perplexity of held-back text has grown by more than this share: 1 is twice what it was (default: 3).",
      valueName: "share"))
  var maxPerplexityGrowth: Double?

  @Option(
    help: ArgumentHelp(
      "Stop where the change of a weight has more than this share of the weight's own norm (default: 100).",
      valueName: "share"))
  var maxNormGrowth: Double?

  @Option(
    help: ArgumentHelp(
      "Stop where a smaller share of earlier facts is still said (default: 0.25).", valueName: "share"))
  var minFactsKept: Double?

  @Flag(help: "Look at nothing between batches, and never stop.")
  var noGuard = false

  func validate() throws {
    let bounds = [maxPerplexityGrowth, maxNormGrowth, minFactsKept].compactMap { $0 }
    if noGuard && !bounds.isEmpty { throw ValidationError("--no-guard takes no bounds") }
    do { try self.bounds?.check() } catch { throw ValidationError("\(error)") }
  }

  /// The bounds where one of them was given; else nil.
  var boundsIfNamed: DriftBounds? {
    [maxPerplexityGrowth, maxNormGrowth, minFactsKept].contains { $0 != nil } ? bounds : nil
  }

  /// The bounds; nil for none at all.
  var bounds: DriftBounds? {
    guard !noGuard else { return nil }
    var bounds = DriftBounds()
    if let maxPerplexityGrowth { bounds.perplexityGrowth = maxPerplexityGrowth }
    if let maxNormGrowth { bounds.normGrowth = maxNormGrowth }
    if let minFactsKept { bounds.factsKept = minFactsKept }
    return bounds
  }
}
