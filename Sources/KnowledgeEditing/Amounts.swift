import Foundation

extension Int {
  /// A number of bytes in the unit a person would use.
  var asBytes: String {
    let (amount, unit) = self < 1_000_000_000 ? (Double(self) / 1e6, "MB") : (Double(self) / 1e9, "GB")
    let tenths = (amount * 10).rounded() / 10
    return "\(tenths >= 100 ? "\(Int(tenths.rounded()))" : "\(tenths)") \(unit)"
  }
}

extension Double {
  /// A number of seconds in the unit a person would use.
  package var asDuration: String {
    guard isFinite, self < 1e9 else { return "a very long time" }
    if self < 10 { return String(format: "%.1f s", self) }
    let whole = Int(rounded())
    if whole < 120 { return "\(whole) s" }
    if whole < 7200 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
