import Foundation

/// Unicode normalization (UAX #15) that keeps track of where each scalar came from.
enum NormalizationForm {
  case nfc, nfd, nfkc, nfkd

  func apply(to text: inout AlignedText) {
    guard text.bytes.contains(where: { $0 >= firstAffectedByte }) else { return }
    var tables = NormalizationTables(form: self)
    var builder = AlignedText.Builder(capacity: 0)
    var (copied, index, previous) = (0, 0, 0)
    while index < text.count {
      guard text.bytes[index] >= firstAffectedByte else {
        previous = index
        index += text.bytes.scalar(at: index).length
        continue
      }
      // A mark may compose with the scalar before it, which itself needs no change.
      let start = max(previous, copied)
      var isStable = true
      while index < text.count, text.bytes[index] >= firstAffectedByte {
        let (value, length) = text.bytes.scalar(at: index)
        isStable = isStable && tables.isStable(value)
        index += length
      }
      previous = index
      if isStable { continue }
      builder.copy(text, copied..<start)
      normalize(text, start..<index, into: &builder, with: &tables)
      copied = index
    }
    guard copied > 0 else { return }
    builder.copy(text, copied..<text.count)
    text = builder.text
  }

  /// Scalars that start with a smaller byte are their own normal form and only change by what follows them.
  private var firstAffectedByte: UInt8 {
    switch self {
    case .nfc: 0xCC  // U+0300, the first combining mark
    case .nfd: 0xC3  // U+00C0, the first letter with a canonical decomposition
    case .nfkc, .nfkd: 0xC2  // U+0080
    }
  }

  fileprivate var isCanonical: Bool { self == .nfc || self == .nfd }

  fileprivate func mapping(_ text: String) -> String {
    switch self {
    case .nfc: text.precomposedStringWithCanonicalMapping
    case .nfd: text.decomposedStringWithCanonicalMapping
    case .nfkc: text.precomposedStringWithCompatibilityMapping
    case .nfkd: text.decomposedStringWithCompatibilityMapping
    }
  }

  private func normalize(
    _ text: AlignedText, _ range: Range<Int>, into builder: inout AlignedText.Builder,
    with tables: inout NormalizationTables
  ) {
    var scalars = decompose(text.bytes, range, with: &tables)
    if self == .nfc || self == .nfkc { scalars = compose(scalars, with: &tables) }
    // A scalar that took several places stands for the first of them, an inserted one for the last place taken.
    var index = range.lowerBound
    for scalar in scalars {
      var encoded: [UInt8] = []
      encoded.append(scalar: scalar.value)
      let isInserted = scalar.change > 0
      builder.append(encoded, standingFor: isInserted ? max(index - 1, 0) : index, of: text)
      if isInserted { continue }
      for _ in scalar.change...0 where index < range.upperBound {
        index += text.bytes.scalar(at: index).length
      }
    }
  }

  private func decompose(
    _ bytes: [UInt8], _ range: Range<Int>, with tables: inout NormalizationTables
  ) -> [NormalizedScalar] {
    var result: [NormalizedScalar] = []
    var index = range.lowerBound
    var reorderStart = 0
    while index < range.upperBound {
      let (value, length) = bytes.scalar(at: index)
      for (part, scalar) in tables.decomposition(of: value).enumerated() {
        if scalar.combiningClass == 0 {
          result.sortByCombiningClass(from: reorderStart)
          reorderStart = result.count + 1
        }
        result.append(
          NormalizedScalar(
            value: scalar.value, combiningClass: scalar.combiningClass, change: part == 0 ? 0 : 1))
      }
      index += length
    }
    result.sortByCombiningClass(from: reorderStart)
    return result
  }

  private func compose(
    _ scalars: [NormalizedScalar], with tables: inout NormalizationTables
  ) -> [NormalizedScalar] {
    var result: [NormalizedScalar] = []
    var starter: Int?
    for scalar in scalars {
      if let starter {
        let isAdjacent = result.count == starter + 1
        let lastClass = result.last?.combiningClass ?? 0
        let isBlocked = !isAdjacent && (lastClass == 0 || lastClass >= scalar.combiningClass)
        if !isBlocked, let composed = tables.composition(result[starter].value, scalar) {
          result[starter].value = composed
          result[starter].change += scalar.change - 1
          continue
        }
      }
      if scalar.combiningClass == 0 { starter = result.count }
      result.append(scalar)
    }
    return result
  }
}

/// A scalar of a normalized text.
struct NormalizedScalar {
  var value: UInt32
  var combiningClass: UInt8
  /// 0 for a scalar in the place of one old one, 1 for one that was inserted, −n for one that took n others in.
  var change: Int
}

extension [NormalizedScalar] {
  /// Puts the marks from `start` on in canonical order; those of one class keep theirs.
  fileprivate mutating func sortByCombiningClass(from start: Int) {
    guard start < count - 1 else { return }
    let sorted = self[start...].enumerated().sorted {
      ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
    }
    replaceSubrange(start..., with: sorted.map(\.element))
  }
}

/// Decompositions and compositions met so far in one text.
private struct NormalizationTables {
  let form: NormalizationForm
  private var decompositions: [UInt32: [(value: UInt32, combiningClass: UInt8)]] = [:]
  private var compositions: [UInt64: UInt32?] = [:]
  private var stability: [UInt32: Bool] = [:]

  init(form: NormalizationForm) { self.form = form }

  /// Whether a scalar is its own normal form and stays so among others that are.
  mutating func isStable(_ value: UInt32) -> Bool {
    if let known = stability[value] { return known }
    guard let scalar = Unicode.Scalar(value) else { return false }
    let isInert = scalar.properties.canonicalCombiningClass == .notReordered && !isMarkOrJamo(value)
    let result = isInert && form.mapping(String(scalar)).unicodeScalars.elementsEqual([scalar])
    stability[value] = result
    return result
  }

  mutating func decomposition(of value: UInt32) -> [(value: UInt32, combiningClass: UInt8)] {
    if let known = decompositions[value] { return known }
    guard let scalar = Unicode.Scalar(value) else { return [] }
    let text = String(scalar)
    let decomposed =
      form.isCanonical
      ? text.decomposedStringWithCanonicalMapping : text.decomposedStringWithCompatibilityMapping
    let parts = decomposed.unicodeScalars.map {
      (value: $0.value, combiningClass: $0.properties.canonicalCombiningClass.rawValue)
    }
    decompositions[value] = parts
    return parts
  }

  /// The scalar that is canonically `first` then `second`, if there is one.
  mutating func composition(_ first: UInt32, _ second: NormalizedScalar) -> UInt32? {
    if let syllable = Self.hangulSyllable(first, second.value) { return syllable }
    // Besides Hangul jamo only marks compose with what is before them.
    guard second.combiningClass != 0 || isMarkOrJamo(second.value) else { return nil }
    let pair = UInt64(first) << 32 | UInt64(second.value)
    if let known = compositions[pair] { return known }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: [first, second.value].compactMap(Unicode.Scalar.init))
    let composed = String(text).precomposedStringWithCanonicalMapping.unicodeScalars
    let result = composed.count == 1 ? composed.first?.value : nil
    compositions[pair] = .some(result)
    return result
  }

  private func isMarkOrJamo(_ value: UInt32) -> Bool {
    ScalarClass.of(value).contains(.mark) || (0x1160...0x11FF).contains(value)
  }

  /// A leading and a vowel jamo, or a syllable of these and a trailing jamo, as one syllable (Unicode 3.12).
  private static func hangulSyllable(_ first: UInt32, _ second: UInt32) -> UInt32? {
    switch (first, second) {
    case (0x1100...0x1112, 0x1161...0x1175): 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
    case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first - 0xAC00) % 28 == 0: first + (second - 0x11A7)
    default: nil
    }
  }
}
