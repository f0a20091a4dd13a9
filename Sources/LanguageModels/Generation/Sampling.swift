import Torch

/// How the next token is chosen from the model's probabilities.
public struct Sampling: Sendable, Equatable {
  /// What logits are divided by; 0 takes the most likely token always.
  public var temperature: Double
  /// How many of the most likely tokens take part; all where nil.
  public var topK: Int?
  /// The probability that the tokens taking part, most likely first, must reach together; all take part
  /// where nil.
  public var topP: Double?
  /// What the draws depend on. Each prompt of a batch has its own sequence of draws, so a text does not
  /// depend on the number of prompts behind it.
  public var seed: UInt64

  /// The most likely token always.
  public static let greedy = Sampling(temperature: 0)

  /// Draws among the tokens left after `topK`, then `topP`.
  public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, seed: UInt64 = 0) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.seed = seed
  }

  /// - Throws: ``LanguageModelError/sampling(_:)`` for values out of range.
  func check() throws {
    guard temperature.isFinite, temperature >= 0 else {
      throw LanguageModelError.sampling("temperature is \(temperature); it must be a number from 0 on.")
    }
    if let topK, topK < 1 { throw LanguageModelError.sampling("top-k is \(topK); it must be at least 1.") }
    if let topP, !(topP > 0 && topP <= 1) {
      throw LanguageModelError.sampling("top-p is \(topP); it must be above 0 and at most 1.")
    }
  }
}

/// The draws of one generation: a generator of random numbers for each prompt.
struct Sampler {
  private let sampling: Sampling
  private let generators: [RandomGenerator]

  init(_ sampling: Sampling, rows: Int, seeds: [UInt64]? = nil) throws {
    try sampling.check()
    let seeds = seeds ?? (0..<rows).map { sampling.seed &+ UInt64($0) }
    guard seeds.count == rows else {
      throw LanguageModelError.sampling("there are \(seeds.count) seeds for \(rows) prompts.")
    }
    self.sampling = sampling
    generators = sampling.temperature == 0 ? [] : try seeds.map { try RandomGenerator(seed: $0) }
  }

  /// The next token of each of `rows`, from logits [rows, V].
  func next(_ logits: Tensor, rows: [Int]) throws -> [Int] {
    guard try logits.isFinite().all() else { throw LanguageModelError.nonFiniteLogits }
    if sampling.temperature == 0 { return try logits.argmax(-1).array(Int.self) }
    // In float64 on the CPU, where no temperature above 0 makes anything overflow and draws are reproducible.
    var (scores, ids) = (try logits.to(.float64, .cpu), Tensor?.none)
    let count = min(sampling.topK ?? scores.size(1), scores.size(1))
    if count < scores.size(1) {
      (scores, ids) = try scores.top(count)
    } else if sampling.topP != nil {
      (scores, ids) = try scores.sorted(descending: true)
    }
    var probabilities = try ((scores - scores.max(1, keep: true)) / sampling.temperature).softmax()
    if let topP = sampling.topP {
      let before = try probabilities.cumulativeSum(1) - probabilities
      probabilities = try probabilities.maskedFill(before.greaterOrEqual(topP), 0)
    }
    return try rows.enumerated().map { place, row in
      let choice = try generators[row].draw(probabilities.narrow(0, place..<place + 1))
      return Int(try (ids?.narrow(0, place..<place + 1).gather(1, choice) ?? choice).item())
    }
  }
}
