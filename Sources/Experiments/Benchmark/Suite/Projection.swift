import KnowledgeEditing
import Tokenization

/// How long a batch would take on a machine that reaches given rates: its floors, without a model and without measuring.
public struct Projection: Sendable, Equatable {
  /// The work of one part and its time.
  public struct Part: Sendable, Equatable {
    /// The part.
    public var part: BenchmarkPart
    /// Floating-point operations of the whole batch.
    public var flops: Double
    /// Bytes read for the whole batch.
    public var bytes: Double
    /// Seconds for the whole batch.
    public var seconds: Double
  }

  /// Target values, keys, and the solves of all layers.
  public var parts: [Part]
  /// Facts in the batch.
  public var facts: Int
}

extension BenchmarkSuite {
  /// The floors of a batch at the rates of another machine.
  ///
  /// - Parameters:
  ///   - narrow: floating-point operations a second in bfloat16.
  ///   - wide: those in float32.
  ///   - bandwidth: bytes a second.
  /// - Throws: `EditPromptError`.
  public func projection(
    facts: [Fact], tokenizer: Tokenizer, narrow: Double, wide: Double, bandwidth: Double
  ) throws -> Projection {
    let prompts = try facts.map { try EditPrompts($0, templates: .samples, tokenizer: tokenizer) }
    let rates = AssumedRates(narrow: narrow, wide: wide, bandwidth: bandwidth)
    let floors = editFloors(prompts)
    let parts = try [(BenchmarkPart.values, floors.values), (.keys, floors.keys), (.solve, floors.solve)].map
    {
      part, floor in
      Projection.Part(
        part: part, flops: floor.flops, bytes: floor.bytes, seconds: try floor.seconds(on: rates))
    }
    return Projection(parts: parts, facts: facts.count)
  }
}
