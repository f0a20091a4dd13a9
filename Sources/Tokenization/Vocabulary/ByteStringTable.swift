/// Byte strings numbered from 0 in the order they were added, found by their bytes.
struct ByteStringTable: Sendable {
  private var storage: [UInt8] = []
  /// Where each string starts in `storage`, and where the last one ends.
  private var starts: [Int] = [0]
  /// Open addressing, a power of two of slots of which at most half are taken.
  private var slots: [Slot]

  // Chosen anew in each table, so no file or text can choose strings that collide.
  private let seed = UInt64.random(in: 0...UInt64.max)

  private struct Slot {
    /// The number of the string, −1 for none.
    var number: Int32
    /// The upper half of its hash, which tells most others apart.
    var tag: UInt32
  }

  init(capacity: Int) {
    var count = 16
    while count < 2 * capacity { count *= 2 }
    slots = Array(repeating: Slot(number: -1, tag: 0), count: count)
    starts.reserveCapacity(capacity + 1)
  }

  var count: Int { starts.count - 1 }

  /// The string with that number, which is below `count`.
  subscript(number: Int) -> ArraySlice<UInt8> { storage[starts[number]..<starts[number + 1]] }

  /// Adds the string at `range` of `bytes`, and returns its number and whether it is new.
  mutating func insert(_ bytes: [UInt8], _ range: Range<Int>) -> (number: Int, isNew: Bool) {
    if 2 * (count + 1) > slots.count { grow() }
    let hash = hash(bytes, range)
    let slot = slot(of: bytes, range, hash)
    if slots[slot].number >= 0 { return (Int(slots[slot].number), false) }
    slots[slot] = Slot(number: Int32(truncatingIfNeeded: count), tag: UInt32(hash >> 32))
    storage.append(contentsOf: bytes[range])
    starts.append(storage.count)
    return (count - 1, true)
  }

  /// Adds a string, and returns its number and whether it is new.
  mutating func insert(_ bytes: [UInt8]) -> (number: Int, isNew: Bool) { insert(bytes, bytes.indices) }

  /// The number of the string that is at `range` of `bytes`, else nil.
  @inline(__always)
  func number(of bytes: [UInt8], _ range: Range<Int>) -> Int? {
    let number = slots[slot(of: bytes, range, hash(bytes, range))].number
    return number < 0 ? nil : Int(number)
  }

  /// The number of that string, else nil.
  func number(of bytes: [UInt8]) -> Int? { number(of: bytes, bytes.indices) }

  /// Forgets all strings but keeps the memory.
  mutating func removeAll() {
    storage.removeAll(keepingCapacity: true)
    starts.removeSubrange(1...)
    for index in slots.indices { slots[index].number = -1 }
  }

  /// The slot that holds the string, or the free one where it belongs.
  @inline(__always)
  private func slot(of bytes: [UInt8], _ range: Range<Int>, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot].number >= 0 {
      if slots[slot].tag == UInt32(hash >> 32), isEqual(Int(slots[slot].number), bytes, range) { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  @inline(__always)
  private func isEqual(_ number: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    let start = starts[number]
    guard starts[number + 1] - start == range.count else { return false }
    for (offset, index) in range.enumerated() where bytes[index] != storage[start + offset] { return false }
    return true
  }

  private mutating func grow() {
    var larger = Array(repeating: Slot(number: -1, tag: 0), count: 2 * slots.count)
    let mask = larger.count - 1
    for number in 0..<count {
      let hash = hash(storage, starts[number]..<starts[number + 1])
      var slot = Int(truncatingIfNeeded: hash) & mask
      while larger[slot].number >= 0 { slot = (slot + 1) & mask }
      larger[slot] = Slot(number: Int32(truncatingIfNeeded: number), tag: UInt32(hash >> 32))
    }
    slots = larger
  }

  /// Folds eight bytes at a time.
  @inline(__always)
  private func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    bytes.withUnsafeBytes { all in
      var hash = seed ^ UInt64(truncatingIfNeeded: range.count)
      var rest = UnsafeRawBufferPointer(rebasing: all[range])
      while rest.count > 8 {
        hash = fold(hash ^ rest.loadUnaligned(as: UInt64.self))
        rest = UnsafeRawBufferPointer(rebasing: rest[8...])
      }
      var last: UInt64 = 0
      for byte in rest { last = last << 8 | UInt64(byte) }
      return fold(hash ^ last)
    }
  }

  @inline(__always)
  private func fold(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD1B5_4A32_D192_ED03)
    return product.high ^ product.low ^ seed
  }
}
