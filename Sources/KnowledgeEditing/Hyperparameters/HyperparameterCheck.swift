/// Checks single values of hyper-parameters, and names the key of one that cannot be.
struct HyperparameterCheck {
  /// What messages call the hyper-parameters.
  let file: String

  /// - Throws: `HyperparameterError` with `allowed` where the condition does not hold.
  func require(
    _ condition: Bool, _ key: String, _ value: Any, _ allowed: String
  ) throws(HyperparameterError) {
    guard !condition else { return }
    throw HyperparameterError(file: file, key: key, fault: .notAllowed(value: "\(value)", allowed: allowed))
  }

  func positive(_ value: Double, _ key: String, or other: String = "") throws(HyperparameterError) {
    try require(value.isFinite && value > 0, key, value, "a finite number above 0" + other)
  }

  func notNegative(_ value: Double, _ key: String, or other: String = "") throws(HyperparameterError) {
    try require(value.isFinite && value >= 0, key, value, "a finite number, not negative" + other)
  }

  func share(_ value: Double, _ key: String) throws(HyperparameterError) {
    try require(value > 0 && value < 1, key, value, "a number between 0 and 1, both excluded")
  }

  func atLeastOne(_ value: Int, _ key: String) throws(HyperparameterError) {
    try require(value >= 1, key, value, "at least 1")
  }

  /// The number of a block of the model, where that is known.
  func block(_ number: Int, of blockCount: Int?, _ key: String, _ value: Any) throws(HyperparameterError) {
    guard let blockCount else { return }
    try require(number < blockCount, key, value, "below \(blockCount), the number of the model's blocks")
  }

  func layers(_ layers: [Int], of blockCount: Int?) throws(HyperparameterError) {
    let isAscending = zip(layers, layers.dropFirst()).allSatisfy { $0 < $1 }
    try require(
      !layers.isEmpty && layers[0] >= 0 && isAscending, "layers", layers,
      "numbers of blocks, ascending, at least one")
    if let last = layers.last { try block(last, of: blockCount, "layers", layers) }
  }

  /// A module's name with a place for the block's number.
  func moduleTemplate(_ name: String, _ key: String) throws(HyperparameterError) {
    try require(
      (try? PromptTemplate(name)) != nil, key, quoted(name), "a name with {} for the block's number")
  }
}
