/// A value for pairs of numbers; open addressing.
struct PairTable<Value: Sendable>: Sendable {
  private var keys: [UInt64]
  private var values: [Value]
  private var count = 0
  private let defaultValue: Value

  // Chosen anew in each table, so no file can choose pairs that collide.
  private let multiplier = UInt64.random(in: 0...UInt64.max) | 1
  private var shift: UInt64

  private static var free: UInt64 { .max }

  /// - Parameter defaultValue: what pairs have that were given nothing.
  init(capacity: Int, default defaultValue: Value) {
    var bits: UInt64 = 4
    while 1 << bits < 2 * capacity { bits += 1 }
    keys = Array(repeating: Self.free, count: 1 << bits)
    values = Array(repeating: defaultValue, count: 1 << bits)
    self.defaultValue = defaultValue
    shift = 64 - bits
  }

  /// The value of a pair of numbers, of which not both are −1.
  subscript(first: Int32, second: Int32) -> Value {
    @inline(__always)
    get {
      let key = Self.key(first, second)
      var slot = Int((key &* multiplier) >> shift)
      while keys[slot] != key {
        if keys[slot] == Self.free { return defaultValue }
        slot = (slot + 1) & (keys.count - 1)
      }
      return values[slot]
    }
  }

  /// Gives a pair a value, in the place of an earlier one.
  mutating func set(_ first: Int32, _ second: Int32, _ value: Value) {
    if 2 * (count + 1) > keys.count { grow() }
    insert(Self.key(first, second), value)
  }

  /// Whether `predicate` holds for any pair.
  func contains(where predicate: (Int32, Int32) -> Bool) -> Bool {
    keys.contains {
      $0 != Self.free
        && predicate(Int32(truncatingIfNeeded: $0 >> 32), Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF))
    }
  }

  private mutating func insert(_ key: UInt64, _ value: Value) {
    var slot = Int((key &* multiplier) >> shift)
    while keys[slot] != key, keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
    if keys[slot] == Self.free { count += 1 }
    keys[slot] = key
    values[slot] = value
  }

  private mutating func grow() {
    var larger = PairTable(capacity: keys.count, default: defaultValue)
    for (slot, key) in keys.enumerated() where key != Self.free { larger.insert(key, values[slot]) }
    self = larger
  }

  @inline(__always)
  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }
}
