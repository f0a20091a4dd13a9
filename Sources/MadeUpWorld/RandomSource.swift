/// A small deterministic generator of random numbers: the same seed gives the same world on every platform.
///
/// The steps are those of SplitMix64 (Steele, Lea and Flood, 2014). Swift's own `shuffled(using:)` and
/// `random(in:using:)` are not used, since their algorithms may change between versions of the standard library.
public struct RandomSource: Sendable {
  private var state: UInt64

  /// A generator that starts from `seed`.
  public init(seed: UInt64) {
    state = seed
  }

  /// A generator for one named purpose, so that drawing more for one purpose leaves all others as they were.
  ///
  /// - Parameters:
  ///   - seed: the world's seed.
  ///   - purpose: any text; its bytes are hashed (FNV-1a) and mixed with the seed.
  public init(seed: UInt64, purpose: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    state = hash ^ seed
    state = next()
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number in `0 ..< bound`, each equally likely; 0 when `bound` is below 2.
  public mutating func below(_ bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let bound = UInt64(bound)
    let unbiased = UInt64.max - UInt64.max % bound
    var bits = next()
    while bits >= unbiased { bits = next() }
    return Int(bits % bound)
  }

  /// The elements in random order (Fisher–Yates, from the last index down).
  public mutating func shuffled<Element>(_ elements: some Sequence<Element>) -> [Element] {
    var result = Array(elements)
    for index in result.indices.dropFirst().reversed() {
      result.swapAt(index, below(index + 1))
    }
    return result
  }

  /// One element, each equally likely; nil of an empty array.
  public mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[below(elements.count)]
  }
}
