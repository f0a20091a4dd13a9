/// The attribute `d` of paths.
enum PathText {
  /// A coordinate, to the tenth of a unit.
  static func number(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    guard let whole = Int(exactly: tenths) else { return "0" }
    let sign = whole < 0 ? "-" : ""
    let (units, rest) = whole.magnitude.quotientAndRemainder(dividingBy: 10)
    return rest == 0 ? "\(sign)\(units)" : "\(sign)\(units).\(rest)"
  }

  /// A line through `points`, broken where one is missing. A point alone between gaps is a dot (with round line ends).
  static func line(_ points: [(x: Double, y: Double)?]) -> String {
    var result = ""
    var isDrawing = false
    for (index, point) in points.enumerated() {
      guard let point else {
        isDrawing = false
        continue
      }
      result += "\(isDrawing ? "L" : "M")\(number(point.x)) \(number(point.y))"
      let isAlone = !isDrawing && (index + 1 == points.count || points[index + 1] == nil)
      if isAlone { result += "h0" }
      isDrawing = true
    }
    return result
  }

  /// The area between the `points` and a straight line from the last to the first.
  static func area(_ points: [(x: Double, y: Double)]) -> String {
    points.isEmpty ? "" : line(points) + "z"
  }

  /// A closed figure whose `corners` are given as offsets in units of `size` around a centre.
  static func figure(_ corners: [(x: Double, y: Double)], x: Double, y: Double, size: Double) -> String {
    area(corners.map { (x + size * $0.x, y + size * $0.y) })
  }
}
