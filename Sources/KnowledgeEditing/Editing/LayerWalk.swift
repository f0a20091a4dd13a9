import LanguageModels
import Torch

/// The walk of a batch's rows through the edited layers, ascending: at each of them, its keys and what is written there already.
///
/// A layer's keys depend on the weights below it only, so rows pass each block once, after its weight has been changed.
struct LayerWalk {
  let model: any LanguageModel
  /// The layers to stop at.
  let layers: [Int]
  /// The block behind which facts are read.
  let last: Int
  /// The weights of the context templates.
  let templateWeights: [Double]

  /// One stop of the walk.
  struct Stop {
    /// The layer, and its place among the walk's.
    let layer: Int
    let index: Int
    /// K, [u, n].
    let keys: Tensor
    fileprivate let outputs: () throws -> Tensor

    /// H, the states [u, d] behind the walk's last block as weights are now.
    func states() throws -> Tensor { try outputs() }
  }

  /// Calls `visit` at each layer, from rows that hold the states before the first of them.
  func run(
    _ rows: [KeyRows], behind prompts: BatchPrompts, visit: (Stop) throws -> Void
  ) throws {
    guard let first = layers.first, let final = layers.last else { return }
    var rows = rows
    let shared = try SharedContexts(prompts, of: model)
    try shared.advance(to: first)
    for (index, layer) in layers.enumerated() {
      let past = try shared.keyValues(upTo: last + 1)
      let keys = try Tensor.concatenate(
        rows.map {
          try $0.keys(at: layer, of: model, after: past?.blocks(layer..<layer + 1), weights: templateWeights)
        }, 0)
      let here = rows
      try visit(
        Stop(layer: layer, index: index, keys: keys) {
          try Tensor.concatenate(
            here.map {
              try $0.bare().subjectOutputs(from: layer, through: last, of: model, after: past)
            }, 0)
        })
      guard layer != final else { break }
      // Blocks between two edited layers change nothing, but states must pass through them.
      for block in layer..<layers[index + 1] {
        let past = try shared.keyValues(upTo: block + 1)
        for chunk in rows.indices { try rows[chunk].advance(through: block, of: model, after: past) }
        try shared.advance(to: block + 1)
      }
    }
  }
}
