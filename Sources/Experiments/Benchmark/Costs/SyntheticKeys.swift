import Foundation
import KnowledgeEditing
import Torch

/// Keys, null spaces and second moments made up in a size that real ones have.
///
/// They are drawn on the CPU, so that every device gets the same.
struct SyntheticKeys {
  /// n.
  let width: Int
  let device: Device
  private let generator: RandomGenerator

  init(width: Int, device: Device = .cpu, seed: UInt64 = 1) throws {
    self.width = width
    self.device = device
    generator = try RandomGenerator(seed: seed)
  }

  /// Normal draws.
  func draws(_ shape: Int...) throws -> Tensor { try generator.normal(shape).to(device) }

  /// The null space of all but `count` random directions.
  func nullSpace(leavingOut count: Int) throws -> NullSpace {
    NullSpace(complementOf: try directions(min(count, width)).to(device))
  }

  /// Orthonormal columns [n, count].
  private func directions(_ count: Int) throws -> Tensor {
    try generator.normal([width, count]).qr().q.contiguous()
  }

  /// A second moment, float32 [n, n], of which exactly `above` eigenvalues are at least `threshold`.
  ///
  /// C = VΛVᵀ + D. Real spectra fall like a power of the eigenvalue's number: the leading ones of Λ do so from a thousand times the
  /// threshold down to one and a half times, a fifth as many go on from 0.6 of it down, and D is a diagonal that falls from 0.3 of
  /// it. By Weyl's inequality no eigenvalue lies between 0.9 of the threshold and one and a half times.
  func secondMoment(above: Int, threshold: Double) throws -> Tensor {
    let below = above / 5
    let exponent = log(1000 / 1.5) / log(Double(max(2, above)))
    func fall(_ place: Int, _ exponent: Double) -> Float { Float(pow(Double(place + 1), -exponent)) }
    let leading = (0..<above).map { Float(1000 * threshold) * fall($0, exponent) }
    let trailing = (0..<below).map { Float(0.6 * threshold) * fall($0, 0.5) }
    let v = try directions(above + below)
    let c = try (v * Tensor(leading + trailing)).matmul(v.transposed())
    let diagonal = try Tensor((0..<width).map { Float(0.3 * threshold) * fall($0, 0.8) })
    try c.diagonal().addInPlace(diagonal)
    return c
  }
}
