import Foundation

/// Numbers as the report writes them: a true minus sign, thousands apart, powers of ten with raised exponents; the same
/// everywhere, whatever the locale.
enum NumberText {
  /// What stands for a number that is not known or not finite.
  static let missing = "–"

  /// `value` with `decimals` digits after the point, 0...12.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return missing }
    guard value.magnitude < 1e15 else { return scientific(value) }
    let digits = String(format: "%.*f", min(max(decimals, 0), 12), value)
    let isNegative = digits.hasPrefix("-") && digits.contains { ("1"..."9").contains($0) }
    let parts = digits.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
    let whole = grouped(parts.first.map(String.init) ?? "0")
    return (isNegative ? "−" : "") + ([whole] + parts.dropFirst().map(String.init)).joined(separator: ".")
  }

  /// `value` with a sign in front, also where it is above zero.
  static func signed(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    guard value.isFinite, !text.hasPrefix("−") else { return text }
    return (text.contains { ("1"..."9").contains($0) } ? "+" : "±") + text
  }

  /// `value` with up to `digits` significant digits, in powers of ten where it is very small or great.
  static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return missing }
    guard value != 0 else { return "0" }
    guard (1e-4..<1e6).contains(value.magnitude) else { return scientific(value, digits: digits) }
    let exponent = Int(log10(value.magnitude).rounded(.down))
    let text = fixed(value, decimals: max(0, digits - 1 - exponent))
    return text.contains(".") ? withoutTrailingZeros(text) : text
  }

  /// `value` as a mantissa of up to `digits` digits and a power of ten, such as `2.5×10⁻⁶`.
  static func scientific(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return missing }
    let parts = String(format: "%.*e", max(digits - 1, 0), value).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return missing }
    let mantissa = parts[0].contains(".") ? withoutTrailingZeros(String(parts[0])) : String(parts[0])
    let power = powerOfTen(exponent)
    switch mantissa {
    case "1": return power
    case "-1": return "−" + power
    default: return mantissa.replacingOccurrences(of: "-", with: "−") + "×" + power
    }
  }

  /// `10` with a raised `exponent`.
  static func powerOfTen(_ exponent: Int) -> String {
    let raised = String(exponent).map { character in
      character == "-" ? "⁻" : superscripts[character.wholeNumberValue ?? 0]
    }
    return "10" + raised.joined()
  }

  /// A whole number with its thousands apart.
  static func count(_ number: Int) -> String {
    (number < 0 ? "−" : "") + grouped(String(number.magnitude))
  }

  private static let superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

  private static func withoutTrailingZeros(_ text: String) -> String {
    let kept = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(kept.reversed())
  }

  private static func grouped(_ digits: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return result
  }
}
