import StrictJSON

/// A bound that a batch passed, and by how much.
public enum DriftBreach: Error, Sendable, Equatable, CustomStringConvertible {
  /// The perplexity of held-back text has grown by more than the bound; both as shares.
  case perplexityGrowth(found: Double, bound: Double)
  /// A tensor's ‖ΔW‖/‖W‖ is larger than the bound.
  case normGrowth(tensor: String, found: Double, bound: Double)
  /// Fewer than the bound's share of earlier facts are still said.
  case factsKept(count: Int, of: Int, bound: Double)
  /// Something is infinite or not a number.
  case notFinite(what: String)

  /// What was found, and the bound.
  public var description: String {
    func percent(_ share: Double) -> String {
      let rounded = (share * 1000).rounded() / 10
      return "\(abs(rounded) < 1e15 ? "\(rounded)" : "\(share * 100)") %"
    }
    return switch self {
    case .perplexityGrowth(let found, let bound):
      "the perplexity of held-back text has grown by \(percent(found)), more than \(percent(bound)) (--max-perplexity-growth)"
    case .normGrowth(let tensor, let found, let bound):
      "“\(tensor)” has changed by \(percent(found)) of its norm, more than \(percent(bound)) (--max-norm-growth)"
    case .factsKept(let count, let of, let bound):
      "only \(count) of \(of) earlier facts are still said, fewer than \(percent(bound)) (--min-facts-kept)"
    case .notFinite(let what):
      "\(what): the values are not all finite numbers"
    }
  }

  /// The breach as one object.
  var json: JSON {
    switch self {
    case .perplexityGrowth(let found, let bound):
      ["bound": "max_perplexity_growth", "value": JSON(bound), "found": JSON(found)]
    case .normGrowth(let tensor, let found, let bound):
      ["bound": "max_norm_growth", "value": JSON(bound), "found": JSON(found), "tensor": JSON(tensor)]
    case .factsKept(let count, let of, let bound):
      ["bound": "min_facts_kept", "value": JSON(bound), "found": JSON(Double(count) / Double(max(1, of)))]
    case .notFinite(let what):
      ["bound": "finite", "value": .null, "found": .null, "what": JSON(what)]
    }
  }
}

/// Where and why a guard ended an edit.
public struct DriftStop: Sendable, Equatable, CustomStringConvertible {
  /// The batch that passed a bound, from 1; those before it are kept.
  public var batch: Int
  /// How many batches there were to be.
  public var batchCount: Int
  /// The bound, and by how much it was passed.
  public var breach: DriftBreach
  /// How many facts the batches before hold.
  public var keptFacts: Int
  /// How many facts were not written.
  public var omittedFacts: Int

  /// What happened, what is left of the edit, and what to do.
  public var description: String {
    let kept =
      switch batch {
      case 1: "Nothing was written."
      case 2: "Batch 1 (\(keptFacts) facts) is saved; \(omittedFacts) facts were not written."
      default:
        "Batches 1 to \(batch - 1) (\(keptFacts) facts) are saved; \(omittedFacts) facts were not written."
      }
    return
      "stopped at batch \(batch) of \(batchCount): \(breach). \(kept) Fewer --steps, a lower --clamp or a higher --l2 "
      + "change less; raise the bound or give --no-guard to go on regardless"
  }

  /// The same of an edit whose last batches were left out because of an earlier stop.
  func following(_ earlier: DriftStop?) -> DriftStop {
    guard let earlier else { return self }
    var stop = self
    stop.batchCount = earlier.batchCount
    stop.omittedFacts += earlier.omittedFacts
    return stop
  }

  /// The stop as one object.
  var json: JSON {
    [
      "batch": JSON(batch), "batches": JSON(batchCount), "breach": breach.json, "facts_kept": JSON(keptFacts),
      "facts_omitted": JSON(omittedFacts), "message": JSON(description),
    ]
  }
}

/// What a guard saw in the course of an edit.
public struct DriftReport: Sendable, Equatable {
  /// The bounds.
  public var bounds: DriftBounds
  /// What it saw after each batch, also after one that passed a bound.
  public var readings: [DriftReading]
  /// Where it ended the edit; nil where it did not.
  public var stop: DriftStop?
  /// The seconds that looking took.
  public var seconds: Double

  /// All of it but the time, as one object.
  var json: JSON {
    ["bounds": bounds.json, "readings": JSON(readings.map(\.json)), "stopped": stop?.json ?? .null]
  }
}
