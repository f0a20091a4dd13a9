/// NSE's own settings: which facts a batch goes over again, and which neurons it changes (arXiv 2410.04045, §3).
public struct NeuronSelection: Sendable, Equatable {
  /// ‖z − h‖ up to which a fact counts as written (`alpha`).
  public var sufficientResidual: Double
  /// ‖z − h‖ from which a fact is left out of a pass (`upper_bound`).
  public var excessiveResidual: Double
  /// Passes over a batch, one more than those that edit (`max_iterations`).
  public var maximumPasses: Int
  /// The share of the summed responses |k| that the neurons to change may make up (`neuron_threshold`); all neurons from 1 on.
  public var share: Double

  /// Names the four settings.
  public init(sufficientResidual: Double, excessiveResidual: Double, maximumPasses: Int, share: Double) {
    self.sufficientResidual = sufficientResidual
    self.excessiveResidual = excessiveResidual
    self.maximumPasses = maximumPasses
    self.share = share
  }
}
