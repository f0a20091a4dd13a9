/// A run of bytes of a chunk that is one token so far.
struct Symbol: Sendable {
  var id: Int32
  /// Bytes from the start of the chunk.
  var start: Int32
  var end: Int32
}

extension [Symbol] {
  /// Above this many symbols a heap beats looking at every pair before each merge.
  private static var scanLimit: Int { 48 }

  /// Merges neighbours, always the pair of the smallest rank (the leftmost of equals), until none can be.
  mutating func merge(with table: MergeTable) {
    guard count > 1 else { return }
    if count <= Self.scanLimit { mergeByScanning(table) } else { mergeByHeap(table) }
  }

  private mutating func mergeByScanning(_ table: MergeTable) {
    // For each symbol its merge with the next one; the last has none.
    var merges = [MergeTable.Merge](repeating: .none, count: count)
    for index in 0..<count - 1 { merges[index] = table.merge(self[index].id, self[index + 1].id) }
    while true {
      var best = 0
      for index in merges.indices where merges[index].rank < merges[best].rank { best = index }
      guard merges[best].rank < MergeTable.Merge.none.rank else { return }
      self[best].id = merges[best].result
      self[best].end = self[best + 1].end
      remove(at: best + 1)
      merges.remove(at: best + 1)
      merges[best] = best + 1 < count ? table.merge(self[best].id, self[best + 1].id) : .none
      if best > 0 { merges[best - 1] = table.merge(self[best - 1].id, self[best].id) }
    }
  }

  /// O(n log n): symbols in a linked list, possible merges in a heap; a merge that has become impossible is
  /// recognised when its turn comes.
  private mutating func mergeByHeap(_ table: MergeTable) {
    var next = (1...count).map { Int32(truncatingIfNeeded: $0) }
    var previous = (0..<count).map { Int32(truncatingIfNeeded: $0 - 1) }
    var isMerged = [Bool](repeating: false, count: count)
    var queue = MergeQueue()
    for left in 0..<count - 1 {
      let merge = table.merge(self[left].id, self[left + 1].id)
      if merge != .none { queue.append(rank: merge.rank, position: left) }
    }
    queue.heapify()
    while let (rank, left) = queue.pop() {
      let right = Int(next[left])
      guard !isMerged[left], right < count else { continue }
      let merge = table.merge(self[left].id, self[right].id)
      guard merge.rank == rank else { continue }
      self[left].id = merge.result
      self[left].end = self[right].end
      isMerged[right] = true
      next[left] = next[right]
      let following = Int(next[left])
      if following < count {
        previous[following] = Int32(truncatingIfNeeded: left)
        let merge = table.merge(self[left].id, self[following].id)
        if merge != .none { queue.push(rank: merge.rank, position: left) }
      }
      let preceding = Int(previous[left])
      if preceding >= 0 {
        let merge = table.merge(self[preceding].id, self[left].id)
        if merge != .none { queue.push(rank: merge.rank, position: preceding) }
      }
    }
    var kept = 0
    for index in indices where !isMerged[index] {
      self[kept] = self[index]
      kept += 1
    }
    removeSubrange(kept...)
  }
}

/// A binary heap of (rank, position), the smallest first.
private struct MergeQueue {
  private var keys: [UInt64] = []

  mutating func append(rank: Int32, position: Int) {
    keys.append(UInt64(UInt32(bitPattern: rank)) << 32 | UInt64(position))
  }

  mutating func heapify() {
    for index in stride(from: keys.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
  }

  mutating func push(rank: Int32, position: Int) {
    append(rank: rank, position: position)
    var index = keys.count - 1
    while index > 0, keys[index] < keys[(index - 1) / 2] {
      keys.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func pop() -> (rank: Int32, position: Int)? {
    guard let first = keys.first, let last = keys.popLast() else { return nil }
    if !keys.isEmpty {
      keys[0] = last
      siftDown(0)
    }
    return (Int32(truncatingIfNeeded: first >> 32), Int(first & 0xFFFF_FFFF))
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    while true {
      var smallest = 2 * index + 1
      guard smallest < keys.count else { return }
      if smallest + 1 < keys.count, keys[smallest + 1] < keys[smallest] { smallest += 1 }
      guard keys[smallest] < keys[index] else { return }
      keys.swapAt(index, smallest)
      index = smallest
    }
  }
}
