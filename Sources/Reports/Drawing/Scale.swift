import Foundation

/// Maps values onto positions in a drawing, evenly or by their logarithm.
struct Scale: Sendable, Equatable {
  /// How values are laid out.
  enum Kind: Sendable {
    case linear
    case logarithmic
  }

  let kind: Kind
  /// The least and greatest value, apart from each other.
  let lower: Double
  let upper: Double
  /// The positions of the least and the greatest value.
  let start: Double
  let end: Double

  /// A scale for values from `lower` to `upper`, both plottable and, for logarithms, above zero. Where they do not differ
  /// enough to be told apart, room is made on both sides.
  init(_ kind: Kind, from lower: Double, to upper: Double, start: Double, end: Double) {
    var (lower, upper) = (min(lower, upper), max(lower, upper))
    switch kind {
    case .linear:
      let room = max(lower.magnitude, upper.magnitude) * 1e-9
      if upper - lower <= room {
        let middle = lower + (upper - lower) / 2
        let half = middle == 0 ? 1 : middle.magnitude * 0.1
        (lower, upper) = (middle - half, middle + half)
      }
    case .logarithmic:
      if upper / lower < 1 + 1e-9 { (lower, upper) = (lower / 2, upper * 2) }
    }
    (self.kind, self.lower, self.upper, self.start, self.end) = (kind, lower, upper, start, end)
  }

  /// Where `value` lies, kept within the drawing; `nil` if it has no place on the scale.
  func position(_ value: Double) -> Double? {
    guard value.isPlottable else { return nil }
    let share: Double
    switch kind {
    case .linear: share = (value - lower) / (upper - lower)
    case .logarithmic:
      guard value > 0 else { return nil }
      share = (log10(value) - log10(lower)) / (log10(upper) - log10(lower))
    }
    return start + min(max(share, 0), 1) * (end - start)
  }

  /// About `count` values to mark, with their labels.
  func ticks(_ count: Int) -> [Tick] {
    switch kind {
    case .linear: Tick.linear(from: lower, to: upper, count: count)
    case .logarithmic: Tick.logarithmic(from: lower, to: upper, count: count)
    }
  }

  /// The same scale with its ends at the ticks around them.
  func extendedToTicks(_ count: Int) -> Scale {
    switch kind {
    case .linear:
      guard let step = Step(span: upper - lower, count: count) else { return self }
      let (from, to) = ((lower / step.size + 1e-9).rounded(.down), (upper / step.size - 1e-9).rounded(.up))
      return Scale(kind, from: step.multiple(from), to: step.multiple(to), start: start, end: end)
    case .logarithmic:
      // A twentieth of a decade, so that points at the ends are not on the frame.
      return Scale(kind, from: lower / 1.12, to: upper * 1.12, start: start, end: end)
    }
  }
}

/// The distance between ticks: 1, 2 or 5 times a power of ten.
struct Step: Sendable, Equatable {
  /// 1, 2 or 5.
  let factor: Int
  /// The power of ten.
  let exponent: Int

  /// The step that cuts `span` into about `count` parts; `nil` if there is none.
  init?(span: Double, count: Int) {
    guard span.isPlottable, span > 1e-100, count > 0 else { return nil }
    let rough = span / Double(count)
    let exponent = Int(log10(rough).rounded(.down))
    let mantissa = rough / pow(10, Double(exponent))
    // The geometric means of neighbouring steps decide between them.
    switch mantissa {
    case ..<1.4142: (factor, self.exponent) = (1, exponent)
    case ..<3.1623: (factor, self.exponent) = (2, exponent)
    case ..<7.0711: (factor, self.exponent) = (5, exponent)
    default: (factor, self.exponent) = (1, exponent + 1)
    }
  }

  /// The distance as a number.
  var size: Double { multiple(1) }

  /// `index` steps, rounded once: a third step of 0.1 is 0.3.
  func multiple(_ index: Double) -> Double {
    let whole = index * Double(factor)
    // Powers of ten up to the 22nd are exact; past that the last digit does not show.
    return exponent >= 0 ? whole * pow(10, Double(exponent)) : whole / pow(10, Double(-exponent))
  }
}
