/// The Unicode properties that split patterns ask about.
struct ScalarClass: OptionSet {
  let rawValue: UInt8

  /// `\p{L}`
  static let letter = ScalarClass(rawValue: 1)
  /// `\p{N}`
  static let number = ScalarClass(rawValue: 2)
  /// `\s`: White_Space
  static let space = ScalarClass(rawValue: 4)
  /// `[\r\n]`
  static let lineBreak = ScalarClass(rawValue: 8)
  /// `\p{M}`
  static let mark = ScalarClass(rawValue: 16)
  /// `\p{P}`, or an ASCII symbol
  static let punctuation = ScalarClass(rawValue: 32)
  /// `\w`: alphabetic scalars, marks, decimal digits, connectors and joiners
  static let word = ScalarClass(rawValue: 64)

  /// The class of a scalar value.
  static func of(_ scalar: UInt32) -> ScalarClass {
    if scalar < table.count { return table[Int(scalar)] }
    return Unicode.Scalar(scalar).map(ScalarClass.init(properties:)) ?? []
  }

  /// The classes of all scalars up to the end of the last plane with letters.
  static let table: [ScalarClass] = (0..<0x33480).map {
    Unicode.Scalar($0).map(ScalarClass.init(properties:)) ?? []
  }

  private init(properties scalar: Unicode.Scalar) {
    var result: ScalarClass = []
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: result = .letter
    case .nonspacingMark, .spacingMark, .enclosingMark: result = [.mark, .word]
    case .decimalNumber: result = [.number, .word]
    case .letterNumber, .otherNumber: result = .number
    case .connectorPunctuation: result = [.punctuation, .word]
    case .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
      .otherPunctuation:
      result = .punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      if scalar.isASCII { result = .punctuation }
    default: break
    }
    if properties.isAlphabetic || properties.isJoinControl { result.insert(.word) }
    if properties.isWhitespace { result.insert(.space) }
    if scalar == "\r" || scalar == "\n" { result.insert(.lineBreak) }
    self = result
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }
}
