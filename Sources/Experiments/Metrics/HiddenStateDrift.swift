import StrictJSON
import Torch

/// How hidden states of facts that should not change differ after an edit from what they were (AlphaEdit's figure
/// of the distributions of hidden states).
public struct HiddenStateDrift: Sendable, Equatable {
  /// A point of the plot.
  public struct Point: Sendable, Equatable {
    /// Along the first principal axis.
    public var x: Double
    /// Along the second.
    public var y: Double

    /// A point.
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// How many facts there are.
  public var count: Int
  /// The mean over facts of the cosine of the state before and the state after; 1 without drift.
  public var meanCosine: Double
  /// The mean over facts of ‖after − before‖ / ‖before‖; 0 without drift.
  public var meanRelativeDistance: Double
  /// ‖mean after − mean before‖ over the mean distance of the states before from their mean: by how many of its own
  /// radii the cloud has moved as a whole.
  public var relativeShift: Double
  /// The energy distance of the two clouds as a share of its largest value,
  /// (2 E‖X−Y‖ − E‖X−X′‖ − E‖Y−Y′‖) / 2 E‖X−Y‖: 0 where the two distributions are equal and only there, at most 1.
  ///
  /// It needs no density, bandwidth or covariance matrix, so a thousand states of some thousand dimensions are enough
  /// (Székely and Rizzo, “Energy statistics”, 2013).
  public var energyDistance: Double
  /// The states before in the plane of the two principal axes of both clouds together.
  public var before: [Point]
  /// The states after in the same plane.
  public var after: [Point]
  /// The shares of the variance of both clouds that the two axes carry.
  public var explainedVariance: [Double]

  /// The drift between states [facts, d] of the same facts.
  ///
  /// - Throws: ``EvaluationError/invalidSetting(_:)`` where the shapes differ or there are no states; `TorchError`.
  public init(before: Tensor, after: Tensor) throws {
    guard before.rank == 2, before.shape == after.shape, before.count > 0 else {
      throw EvaluationError.invalidSetting(
        "hidden states of shape \(before.shape) and \(after.shape) cannot be compared; they must be of the same facts"
      )
    }
    let (x, y) = (try before.to(.float64, .cpu), try after.to(.float64, .cpu))
    count = x.size(0)
    let difference = try (y - x).norm(1)
    let (xNorm, yNorm) = (try x.norm(1), try y.norm(1))
    meanCosine = try ((x * y).sum(1) / (xNorm * yNorm).atLeast(.leastNormalMagnitude)).mean().item()
    meanRelativeDistance = try (difference / xNorm.atLeast(.leastNormalMagnitude)).mean().item()
    let center = try x.mean(0, keep: true)
    let radius = try (x - center).norm(1).mean().item()
    let shift = try (y.mean(0, keep: true) - center).norm().item()
    relativeShift = radius > 0 ? shift / radius : 0
    let between = try 2 * Self.meanDistance(x, y)
    let within = try Self.meanDistance(x, x) + Self.meanDistance(y, y)
    energyDistance = between > 0 ? max(0, (between - within) / between) : 0
    let plane = try PrincipalPlane(Tensor.concatenate([x, y], 0))
    explainedVariance = plane.explainedVariance
    self.before = Array(plane.points.prefix(count))
    self.after = Array(plane.points.dropFirst(count))
  }

  /// The mean over all pairs of rows of ‖x − y‖, as many rows at once as make a matrix of a few megabytes.
  private static func meanDistance(_ x: Tensor, _ y: Tensor) throws -> Double {
    let rows = 256
    let ySquares = try y.square().sum(1)
    var total = 0.0
    for start in stride(from: 0, to: x.size(0), by: rows) {
      let part = try x.narrow(0, start..<min(start + rows, x.size(0)))
      let squares = try part.square().sum(1, keep: true) + ySquares - part.matmul(y.transposed()) * 2
      total += try squares.atLeast(0).sqrt().sum().item()
    }
    return total / (Double(x.size(0)) * Double(y.size(0)))
  }

  /// The figures without the points.
  public var json: JSON {
    [
      "facts": JSON(count), "mean_cosine": JSON(meanCosine),
      "mean_relative_distance": JSON(meanRelativeDistance),
      "relative_shift": JSON(relativeShift), "energy_distance": JSON(energyDistance),
      "explained_variance": JSON(explainedVariance.map { JSON($0) }),
    ]
  }
}

/// The two principal axes of a cloud of points.
struct PrincipalPlane {
  let points: [HiddenStateDrift.Point]
  let explainedVariance: [Double]

  /// Fits the axes to the rows of `states` [N, d] in float64.
  ///
  /// An axis points to where the farthest of the points along it is, so that the same states give the same plot.
  init(_ states: Tensor) throws {
    let centered = try states - states.mean(0, keep: true)
    let isWide = centered.size(1) > centered.size(0)
    // The smaller of both Gram matrices has the same eigenvalues; XXᵀ's vectors are the coordinates up to their
    // length.
    let gram = try isWide ? centered.matmul(centered.transposed()) : centered.transposed().matmul(centered)
    let (values, vectors) = try gram.symmetricEigen()
    let eigenvalues = try values.array(Double.self).map { max(0, $0) }
    let total = eigenvalues.reduce(0, +)
    var axes: [[Double]] = []
    for axis in 0..<2 {
      let index = eigenvalues.count - 1 - axis
      guard index >= 0 else {
        axes.append(Array(repeating: 0, count: centered.size(0)))
        continue
      }
      let vector = try vectors.narrow(1, index..<index + 1)
      let line = try isWide ? vector * eigenvalues[index].squareRoot() : centered.matmul(vector)
      let coordinates = try line.array(Double.self)
      let farthest = coordinates.max { abs($0) < abs($1) } ?? 0
      axes.append(farthest < 0 ? coordinates.map { -$0 } : coordinates)
    }
    points = zip(axes[0], axes[1]).map { HiddenStateDrift.Point(x: $0, y: $1) }
    explainedVariance = eigenvalues.suffix(2).reversed().map { total > 0 ? $0 / total : 0 }
  }
}
