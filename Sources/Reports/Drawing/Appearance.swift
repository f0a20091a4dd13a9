/// How a line or cloud looks: its colour and the shape of its points.
struct Appearance: Sendable, Equatable {
  /// The shapes of points.
  enum Shape: CaseIterable, Sendable {
    case circle
    case square
    case triangle
    case diamond
  }

  /// The value of the property `--c`, from which the style sheet takes stroke and fill.
  var colour: String
  /// The shape of its points.
  var shape: Shape
  /// Whether a line is broken, once the colours are used up.
  var isDashed = false

  /// How many colours the style sheet names `--c1`, `--c2`, …
  static let colours = 8

  /// The `index`th of lines without an order.
  static func distinct(_ index: Int) -> Appearance {
    let shapes = Shape.allCases
    return Appearance(
      colour: "var(--c\(index % colours + 1))", shape: shapes[index % shapes.count],
      isDashed: index >= colours)
  }

  /// The `index`th of `count` lines in an order: a colour of the ramp that the style sheet spans between three others.
  static func ordered(_ index: Int, of count: Int) -> Appearance {
    let share = count > 1 ? Double(index) / Double(count - 1) : 0
    let (from, to) = share <= 0.5 ? ("first", "middle") : ("middle", "last")
    let within = Int(((share <= 0.5 ? share : share - 0.5) * 200).rounded())
    return Appearance(
      colour: "color-mix(in oklab, var(--ramp-\(to)) \(within)%, var(--ramp-\(from)))", shape: .circle)
  }

  /// The attribute `style` that sets the colour.
  var style: String { "--c:\(colour)" }

  /// A point of this shape around (`x`, `y`), about `radius` wide on each side.
  func marker(_ x: Double, _ y: Double, radius: Double) -> String {
    switch shape {
    case .circle:
      let (left, size) = (PathText.number(x - radius), PathText.number(radius))
      let (there, back) = (PathText.number(2 * radius), PathText.number(-2 * radius))
      return
        "M\(left) \(PathText.number(y))a\(size) \(size) 0 1 0 \(there) 0a\(size) \(size) 0 1 0 \(back) 0z"
    case .square:
      return PathText.figure([(-1, -1), (1, -1), (1, 1), (-1, 1)], x: x, y: y, size: 0.9 * radius)
    case .triangle:
      return PathText.figure([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)], x: x, y: y, size: radius)
    case .diamond:
      return PathText.figure([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)], x: x, y: y, size: radius)
    }
  }
}
