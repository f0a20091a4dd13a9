/// Python's `random.Random(seed)`, as far as shuffling needs it.
///
/// Published statistics are taken over the first documents of a corpus shuffled by `random.Random(1)`; the same
/// documents in the same order need the same generator: the Mersenne Twister MT19937 (Matsumoto and Nishimura,
/// 1998), seeded through its `init_by_array` from the 32-bit digits of the seed.
struct PythonRandom {
  private static let size = 624
  private static let offset = 397
  private var state: [UInt32]
  private var position = Self.size

  /// The generator that Python makes from a non-negative whole number.
  init(seed: UInt64) {
    let digits = [UInt32(truncatingIfNeeded: seed)] + (seed >> 32 == 0 ? [] : [UInt32(seed >> 32)])
    state = Self.mixed(with: digits)
  }

  private static func mixed(with key: [UInt32]) -> [UInt32] {
    var state: [UInt32] = [19_650_218]
    for i in 1..<size {
      let last = state[i - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(i))
    }
    var i = 1
    var j = 0
    func advance() {
      i += 1
      if i == size {
        state[0] = state[size - 1]
        i = 1
      }
    }
    for _ in 0..<max(size, key.count) {
      let last = state[i - 1]
      state[i] = (state[i] ^ ((last ^ (last >> 30)) &* 1_664_525)) &+ key[j] &+ UInt32(j)
      advance()
      j = (j + 1) % key.count
    }
    for _ in 1..<size {
      let last = state[i - 1]
      state[i] = (state[i] ^ ((last ^ (last >> 30)) &* 1_566_083_941)) &- UInt32(i)
      advance()
    }
    state[0] = 0x8000_0000
    return state
  }

  /// The next 32 random bits.
  mutating func next() -> UInt32 {
    if position == Self.size { twist() }
    var bits = state[position]
    position += 1
    bits ^= bits >> 11
    bits ^= (bits << 7) & 0x9D2C_5680
    bits ^= (bits << 15) & 0xEFC6_0000
    return bits ^ (bits >> 18)
  }

  private mutating func twist() {
    for i in 0..<Self.size {
      let bits = (state[i] & 0x8000_0000) | (state[(i + 1) % Self.size] & 0x7FFF_FFFF)
      state[i] = state[(i + Self.offset) % Self.size] ^ (bits >> 1) ^ (bits & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    position = 0
  }

  /// A whole number from 0 to `limit` − 1, drawn as Python's `randrange` draws it: by rejection.
  mutating func below(_ limit: UInt32) -> UInt32 {
    guard limit > 1 else {
      // Python draws (and rejects) single bits here until one is 0.
      if limit == 1 { while next() >> 31 != 0 {} }
      return 0
    }
    let unused = UInt32(limit.leadingZeroBitCount)
    while true {
      let bits = next() >> unused
      if bits < limit { return bits }
    }
  }

  /// `random.shuffle`: Fisher–Yates from the last element down.
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, Int(below(UInt32(clamping: last + 1))))
    }
  }
}
