import Foundation
import Torch

/// Cosines and sines of the angles at a pass's positions, each [N, 1, r/2].
struct Rotation {
  var cosine: Tensor
  var sine: Tensor
}

/// The rotary position embedding: pairs of the first r features of each head turn by position · frequency.
///
/// RoFormer, arXiv 2104.09864, equation 34.
final class RotaryEmbedding {
  /// Which features make a pair.
  enum Pairing {
    /// i and i + r/2.
    case halves
    /// 2i and 2i + 1.
    case neighbours
  }

  /// r, the number of features that turn; those behind them stay.
  let width: Int
  let pairing: Pairing
  private let frequencies: [Float]
  private let dtype: DType
  private let device: Device
  private var table: Rotation?

  /// - Parameters:
  ///   - width: r; where it is odd one more feature turns, at the frequencies that r gives
  ///   - base: what the frequencies are powers of
  init(
    width: Int, base: Double, scaling: RotaryScaling = .none, pairing: Pairing = .halves, like weight: Tensor
  ) {
    self.width = width + width % 2
    self.pairing = pairing
    frequencies = stride(from: 0, to: width, by: 2).map { index in
      Float(scaling(pow(base, -Double(index) / Double(width))))
    }
    dtype = weight.dtype
    device = weight.device
  }

  /// The rotation at int64 `positions` [N], all below `limit`.
  func rotation(at positions: Tensor, limit: Int) throws -> Rotation {
    var known = try table ?? makeTable(limit)
    if known.cosine.size(0) < limit { known = try makeTable(limit) }
    table = known
    return Rotation(
      cosine: try known.cosine.embedding(positions).unsqueeze(1),
      sine: try known.sine.embedding(positions).unsqueeze(1))
  }

  /// [limit, r/2], for at least 256 positions so that generating a text does not make a table for each token.
  private func makeTable(_ limit: Int) throws -> Rotation {
    var count = 256
    while count < limit { count *= 2 }
    let positions = try Tensor.range(0..<count).to(.float32).unsqueeze(1)
    let angles = try positions * Tensor(frequencies).unsqueeze(0)
    return Rotation(cosine: try angles.cos().to(dtype, device), sine: try angles.sin().to(dtype, device))
  }

  /// x [N, heads, head width] turned.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let rotation = try pass.rotation(of: self)
    let (first, second) = try pairs(x)
    let turned = [
      try first * rotation.cosine - second * rotation.sine,
      try second * rotation.cosine + first * rotation.sine,
    ]
    let rest = width < x.size(2) ? [try x.narrow(2, width..<x.size(2))] : []
    switch pairing {
    case .halves: return try Tensor.concatenate(turned + rest, 2)
    case .neighbours:
      let joined = try Tensor.stack(turned, 3).view(x.size(0), x.size(1), width)
      return try Tensor.concatenate([joined] + rest, 2)
    }
  }

  private func pairs(_ x: Tensor) throws -> (Tensor, Tensor) {
    switch pairing {
    case .halves: return (try x.narrow(2, 0..<width / 2), try x.narrow(2, width / 2..<width))
    case .neighbours:
      let pairs = try x.narrow(2, 0..<width).view(x.size(0), x.size(1), width / 2, 2)
      return (try pairs.select(3, 0), try pairs.select(3, 1))
    }
  }
}
