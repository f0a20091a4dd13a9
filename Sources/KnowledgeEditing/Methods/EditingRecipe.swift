/// A method of the MEMIT family: which of its members' choices are made.
///
/// All of them find target values Z, spread what remains to be done over the layers, and solve
/// ΔW (Q + H + KKᵀ) = R Kᵀ at each of them; they differ in what is said here and nowhere else.
///
/// ```swift
/// var recipe = EditingRecipe.memit
/// recipe.remembersFacts = true            // is MEMIT_seq
/// ```
public struct EditingRecipe: Sendable, Equatable {
  /// What Q stands for.
  public enum Preserved: Sendable, Equatable {
    /// The null space of the keys' second moment, with a ridge (``NullSpacePreservation``).
    case nullSpace
    /// The keys' second moment C, weighted (``SecondMomentPreservation``).
    case secondMoment
  }

  /// The weights with which target values are sought.
  public enum ValueSource: Sendable, Equatable {
    /// Those that earlier batches left.
    case presentWeights
    /// Those of the unedited model (NSE's weight rewinding).
    case originalWeights
  }

  /// What becomes of the updates that are solved for.
  public enum ChangeRule: Sendable, Equatable {
    /// They are made.
    case whole
    /// Of each layer's update, the elements that change their weight by the largest ratio are made (RECT).
    case largest(share: Double)
    /// They are made; at the end, the singular values of each layer's whole change D that exceed the largest of the original
    /// weight W⁰ are squashed to its logarithm (PRUNE), giving W⁰ + D′. The published code adds D′ on top of D.
    case squashedAtEnd(onTop: Bool)

    /// Whether the sum of all changes is treated at the end.
    var restrainsSums: Bool { if case .squashedAtEnd = self { true } else { false } }
  }

  /// Q.
  public var preserves: Preserved
  /// Whether the keys of earlier batches are preserved too (H).
  public var remembersFacts: Bool
  /// Where target values come from.
  public var values = ValueSource.presentWeights
  /// What is made of the updates.
  public var changes = ChangeRule.whole
  /// Whether a batch is gone over several times for the facts that are not yet written, changing the neurons that respond
  /// most (``NeuronSelection``).
  public var selectsNeurons = false
  /// How targets are put into tokens. The published NSE leaves out the space before them.
  public var targetForm = EditPrompts.TargetForm.afterPrompt

  /// A recipe with the family's usual choices for the rest.
  public init(preserves: Preserved, remembersFacts: Bool) {
    self.preserves = preserves
    self.remembersFacts = remembersFacts
  }

  /// AlphaEdit.
  public static let alphaEdit = EditingRecipe(preserves: .nullSpace, remembersFacts: true)
  /// MEMIT.
  public static let memit = EditingRecipe(preserves: .secondMoment, remembersFacts: false)
  /// MEMIT with history.
  public static let memitSequential = EditingRecipe(preserves: .secondMoment, remembersFacts: true)
  /// RECT, with its published share.
  public static let rect = memit.with { $0.changes = .largest(share: 0.4) }
  /// PRUNE.
  public static let prune = memit.with { $0.changes = .squashedAtEnd(onTop: false) }
  /// PRUNE as its code has it.
  public static let prunePublished = memit.with { $0.changes = .squashedAtEnd(onTop: true) }
  /// NSE.
  public static let nse = memitSequential.with {
    $0.values = .originalWeights
    $0.selectsNeurons = true
  }
  /// NSE as its code has it.
  public static let nsePublished = nse.with { $0.targetForm = .bare }

  private func with(_ change: (inout EditingRecipe) -> Void) -> EditingRecipe {
    var recipe = self
    change(&recipe)
    return recipe
  }
}
