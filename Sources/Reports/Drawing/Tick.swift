import Foundation

/// A value that an axis marks.
struct Tick: Sendable, Equatable {
  /// The value.
  var value: Double
  /// Its text.
  var label: String

  /// The multiples of a round step from `lower` to `upper`, about `count`.
  static func linear(from lower: Double, to upper: Double, count: Int) -> [Tick] {
    guard let step = Step(span: upper - lower, count: count) else { return [] }
    let (first, last) = ((lower / step.size - 1e-9).rounded(.up), (upper / step.size + 1e-9).rounded(.down))
    // Past 2^50 neighbouring multiples are no longer different numbers.
    guard first.magnitude < 0x1p50, last.magnitude < 0x1p50, first <= last else { return [] }
    let greatest = max(lower.magnitude, upper.magnitude)
    let isOrdinary = greatest >= 1e-3 && greatest < 1e6
    return stride(from: first, through: last, by: 1).map { index in
      let value = index == 0 ? 0 : step.multiple(index)
      let ordinary = NumberText.fixed(value, decimals: max(0, -step.exponent))
      return Tick(value: value, label: isOrdinary ? ordinary : NumberText.significant(value, digits: 3))
    }
  }

  /// Powers of ten from `lower` to `upper`, at most about `count`; within less than two decades their doubles and
  /// fivefolds too, and within less than one round numbers.
  static func logarithmic(from lower: Double, to upper: Double, count: Int) -> [Tick] {
    guard lower > 0, lower.isPlottable, upper.isPlottable else { return [] }
    let (first, last) = (Int(log10(lower).rounded(.down)), Int(log10(upper).rounded(.up)))
    let powers = (first...max(first, last)).filter { isWithin(lower, power($0), upper) }
    if powers.count >= 3 {
      let stride = max(1, (powers.count + count - 1) / max(count, 1))
      let shown = powers.filter { ($0 % stride + stride) % stride == 0 }
      let areOrdinary = shown.allSatisfy { (-3...5).contains($0) }
      return shown.map { exponent in
        let value = power(exponent)
        let ordinary = NumberText.fixed(value, decimals: max(0, -exponent))
        return Tick(value: value, label: areOrdinary ? ordinary : NumberText.powerOfTen(exponent))
      }
    }
    let steps = (first...max(first, last)).flatMap { exponent in
      [1.0, 2, 5].map { exponent < 0 ? $0 / power(-exponent) : $0 * power(exponent) }
    }
    let shown = steps.filter { isWithin(lower, $0, upper) }
    guard shown.count >= 3 else { return linear(from: lower, to: upper, count: count) }
    return shown.map { Tick(value: $0, label: NumberText.significant($0, digits: 1)) }
  }

  private static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

  private static func isWithin(_ lower: Double, _ value: Double, _ upper: Double) -> Bool {
    value >= lower * (1 - 1e-9) && value <= upper * (1 + 1e-9)
  }
}
