extension Array {
  /// Up to `count` elements at even distances, the first and the last among them.
  func evenlyThinned(to count: Int) -> [Element] {
    guard self.count > count, count > 1 else { return Array(prefix(Swift.max(count, 0))) }
    let distance = Double(self.count - 1) / Double(count - 1)
    return (0..<count).map { self[Swift.min(Int((Double($0) * distance).rounded()), self.count - 1)] }
  }
}

extension [ChartPoint] {
  /// Up to `count` points with the shape of the line: of each stretch the least and the greatest value, in their order,
  /// and a gap where the stretch has one.
  func thinned(to count: Int) -> [ChartPoint] {
    guard self.count > count, count >= 4 else { return self }
    let stretches = count / 2
    var result: [ChartPoint] = []
    for stretch in 0..<stretches {
      let indices = stretch * self.count / stretches..<(stretch + 1) * self.count / stretches
      let finite = indices.filter { self[$0].isPlottable }
      guard let least = finite.min(by: { self[$0].y < self[$1].y }),
        let greatest = finite.max(by: { self[$0].y < self[$1].y })
      else {
        result.append(ChartPoint(.nan, .nan))
        continue
      }
      result += Set([least, greatest]).sorted().map { self[$0] }
    }
    return result
  }
}
