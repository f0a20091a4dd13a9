import StrictJSON

extension ConfigurationFile {
  /// The largest size of a dimension, number of blocks or number of tokens that is taken for serious, 2²⁶.
  public static let sizeLimit = 1 << 26

  /// The whole number from 1 to `limit` under the first of `names` that is there.
  public func positiveInt(_ names: String..., atMost limit: Int = sizeLimit) throws(CheckpointError) -> Int {
    guard let value = try wholeNumber(names, in: 1...max(1, limit)) else { throw missing(names) }
    return value
  }

  /// The whole number from 1 to `limit` under the first of `names` that is there, or nil if none is.
  public func optionalInt(_ names: String..., atMost limit: Int = sizeLimit) throws(CheckpointError) -> Int? {
    try wholeNumber(names, in: 1...max(1, limit))
  }

  /// The whole number in `range` under `name`, or `fallback` if it is not there.
  public func int(
    _ name: String, in range: ClosedRange<Int>, default fallback: Int
  ) throws(CheckpointError) -> Int {
    try wholeNumber([name], in: range) ?? fallback
  }

  /// The finite number under the first of `names` that is there.
  public func double(_ names: String...) throws(CheckpointError) -> Double {
    guard let value = try number(names) else { throw missing(names) }
    return value
  }

  /// The finite number under the first of `names` that is there, or `fallback` if none is.
  public func double(_ names: String..., default fallback: Double) throws(CheckpointError) -> Double {
    try number(names) ?? fallback
  }

  /// The finite number under the first of `names` that is there, or nil if none is.
  public func optionalDouble(_ names: String...) throws(CheckpointError) -> Double? { try number(names) }

  /// The finite number greater than 0 under the first of `names` that is there, or `fallback` if none is.
  public func positiveDouble(
    _ names: String..., default fallback: Double
  ) throws(CheckpointError) -> Double {
    guard let value = try number(names), let name = first(names)?.name else { return fallback }
    guard value > 0 else { throw invalid(name, "is \(value); it must be greater than 0") }
    return value
  }

  /// The truth value under `name`, or `fallback` if it is not there.
  public func bool(_ name: String, default fallback: Bool) throws(CheckpointError) -> Bool {
    guard let (name, value) = first([name]) else { return fallback }
    guard let bool = value.bool else { throw invalid(name, "is \(value.kind), not true or false") }
    return bool
  }

  /// The text under the first of `names` that is there.
  public func string(_ names: String...) throws(CheckpointError) -> String {
    guard let value = try text(names) else { throw missing(names) }
    return value
  }

  /// The text under the first of `names` that is there, or nil if none is.
  public func optionalString(_ names: String...) throws(CheckpointError) -> String? { try text(names) }

  /// The text under the first of `names` that is there, or `fallback` if none is, refused unless it is one of
  /// `accepted`: for activations, rope scaling types and the like.
  public func choice(
    _ names: String..., of accepted: [String], default fallback: String? = nil
  ) throws(CheckpointError) -> String {
    guard let found = first(names) else {
      guard let fallback else { throw missing(names) }
      return fallback
    }
    guard let text = found.value.string else { throw invalid(found.name, "is \(found.value.kind), not text") }
    guard accepted.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else {
      throw invalid(found.name, "is “\(text)”; supported: \(accepted.joined(separator: ", "))")
    }
    return text
  }

  /// The token ids under `name`: one, several or (also for `null`) none, as in `eos_token_id`.
  public func tokenIDs(_ name: String) throws(CheckpointError) -> [Int] {
    guard let (name, value) = first([name]) else { return [] }
    var ids: [Int] = []
    for element in value.array ?? [value] {
      guard let id = element.int, id >= 0, id < Self.sizeLimit else {
        throw invalid(name, "is not a token id or a list of token ids")
      }
      ids.append(id)
    }
    return ids
  }

  private func wholeNumber(_ names: [String], in range: ClosedRange<Int>) throws(CheckpointError) -> Int? {
    guard let (name, value) = first(names) else { return nil }
    guard case .number(let number) = value else {
      throw invalid(name, "is \(value.kind), not a whole number")
    }
    guard let int = number.int, range.contains(int) else {
      throw invalid(
        name, "is \(number.text); it must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return int
  }

  private func number(_ names: [String]) throws(CheckpointError) -> Double? {
    guard let (name, value) = first(names) else { return nil }
    guard case .number(let number) = value else { throw invalid(name, "is \(value.kind), not a number") }
    guard number.double.isFinite else {
      throw invalid(name, "is \(number.text), which is too large a number")
    }
    return number.double
  }

  private func text(_ names: [String]) throws(CheckpointError) -> String? {
    guard let (name, value) = first(names) else { return nil }
    guard let text = value.string else { throw invalid(name, "is \(value.kind), not text") }
    return text
  }
}
