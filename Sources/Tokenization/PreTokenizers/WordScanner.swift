/// Finds where the word that starts at an index ends. The comments name the alternative of the pattern that is tried.
struct WordScanner {
  let bytes: [UInt8]
  let end: Int
  private let classes = ScalarClass.table

  init(_ bytes: [UInt8], end: Int) {
    self.bytes = bytes
    self.end = end
  }

  @inline(__always)
  func gpt2Word(from start: Int) -> Int {
    // 's|'t|'re|'ve|'m|'ll|'d
    if let next = contraction(at: start, ignoringCase: false) { return next }
    //  ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+
    let first = bytes[start] == 0x20 ? start + 1 : start
    if first < end {
      let (kind, next) = scalarClass(at: first)
      if kind.contains(.letter) { return run(of: .letter, from: next) }
      if kind.contains(.number) { return run(of: .number, from: next) }
      if !kind.contains(.space) { return run(ofNone: [.letter, .number, .space], from: next) }
    }
    return spaces(from: start)
  }

  @inline(__always)
  func llama3Word(from start: Int, digits: Int, letters: ScalarClass) -> Int {
    // (?i:'s|'t|'re|'ve|'m|'ll|'d)
    if let next = contraction(at: start, ignoringCase: true) { return next }
    let (kind, next) = scalarClass(at: start)
    // [^\r\n\p{L}\p{N}]?\p{L}+
    if !kind.isDisjoint(with: letters) { return run(of: letters, from: next) }
    if kind.isDisjoint(with: [.number, .lineBreak]), next < end {
      let (second, afterSecond) = scalarClass(at: next)
      if !second.isDisjoint(with: letters) { return run(of: letters, from: afterSecond) }
    }
    // \p{N}{1,n}
    if kind.contains(.number) { return run(of: .number, from: next, limit: digits - 1) }
    //  ?[^\s\p{L}\p{N}]+[\r\n]*
    let none = letters.union([.number, .space])
    if kind.isDisjoint(with: none) { return run(of: .lineBreak, from: run(ofNone: none, from: next)) }
    if bytes[start] == 0x20, next < end {
      let (second, afterSecond) = scalarClass(at: next)
      if second.isDisjoint(with: none) {
        return run(of: .lineBreak, from: run(ofNone: none, from: afterSecond))
      }
    }
    // \s*[\r\n]+
    return afterLastLineBreak(from: start) ?? spaces(from: start)
  }

  /// `\s+(?!\S)|\s+`: all white space, but for the last of several when something follows.
  private func spaces(from start: Int) -> Int {
    var (index, last) = (start, start)
    while index < end {
      let (kind, next) = scalarClass(at: index)
      guard kind.contains(.space) else { return last > start ? last : index }
      (last, index) = (index, next)
    }
    return end
  }

  /// The end of the last line break in the white space that starts here, if it has one.
  private func afterLastLineBreak(from start: Int) -> Int? {
    var index = start
    var result: Int?
    while index < end {
      let (kind, next) = scalarClass(at: index)
      guard kind.contains(.space) else { break }
      if kind.contains(.lineBreak) { result = next }
      index = next
    }
    return result
  }

  @inline(__always)
  private func run(of kind: ScalarClass, from start: Int, limit: Int = .max) -> Int {
    var (index, taken) = (start, 0)
    while index < end, taken < limit {
      let (found, next) = scalarClass(at: index)
      if found.isDisjoint(with: kind) { break }
      index = next
      taken += 1
    }
    return index
  }

  @inline(__always)
  private func run(ofNone kinds: ScalarClass, from start: Int) -> Int {
    var index = start
    while index < end {
      let (found, next) = scalarClass(at: index)
      if !found.isDisjoint(with: kinds) { break }
      index = next
    }
    return index
  }

  private func contraction(at start: Int, ignoringCase: Bool) -> Int? {
    guard bytes[start] == UInt8(ascii: "'"), start + 1 < end else { return nil }
    let caseBit: UInt8 = ignoringCase ? 0x20 : 0
    let first = bytes[start + 1] | caseBit
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    // U+017F, the long s, is an s to a search that ignores case.
    case 0xC5 | caseBit
    where ignoringCase && bytes[start + 1] == 0xC5 && start + 2 < end && bytes[start + 2] == 0xBF:
      return start + 3
    default: break
    }
    guard start + 2 < end else { return nil }
    switch (first, bytes[start + 2] | caseBit) {
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }

  @inline(__always)
  private func scalarClass(at index: Int) -> (ScalarClass, next: Int) {
    let lead = bytes[index]
    if lead < 0x80 { return (classes[Int(lead)], index + 1) }
    let (value, length) = bytes.scalar(at: index)
    return (value < classes.count ? classes[Int(value)] : ScalarClass.of(value), index + length)
  }
}
