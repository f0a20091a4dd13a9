import Foundation

/// A number with that many digits behind the point.
func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// A number to four significant digits, whatever its size.
func significant(_ value: Double) -> String { String(format: "%.4g", value) }

/// A whole number with commas between thousands.
func grouped(_ value: Int) -> String {
  let digits = String(value.magnitude)
  let head = digits.count % 3
  var groups = head > 0 ? [String(digits.prefix(head))] : []
  var rest = digits.dropFirst(head)
  while !rest.isEmpty {
    groups.append(String(rest.prefix(3)))
    rest = rest.dropFirst(3)
  }
  return (value < 0 ? "-" : "") + groups.joined(separator: ",")
}

/// A share as a percentage.
func percent(_ share: Double) -> String { "\(decimal(share * 100, 1)) %" }

extension String {
  /// The text with spaces before it up to a width.
  func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

  /// The text with spaces behind it up to a width.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  /// The text in one line, cut to a length.
  func shortened(to length: Int) -> String {
    let line = split(whereSeparator: \.isNewline).joined(separator: " ⏎ ")
    return line.count <= length ? line : line.prefix(length - 1) + "…"
  }
}

/// Rows of equal length in columns as wide as their widest cells: text to the left in the first `textColumns`, numbers to
/// the right in the others.
func table(_ rows: [[String]], textColumns: Int = 1) -> String {
  let columns = rows.map(\.count).min() ?? 0
  let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    "  "
      + (0..<columns).map { column in
        column < textColumns
          ? row[column].padded(to: widths[column]) : row[column].leftPadded(to: widths[column])
      }.joined(separator: "  ")
  }.joined(separator: "\n") + "\n"
}
