import Experiments
import StrictJSON
import Torch

extension BenchmarkSuite.Report {
  /// The report as a person reads it.
  func text(of suite: BenchmarkSuite, named name: String) -> String {
    let shape = suite.shape
    var rows = [["", "measured", "floor", "of the floor's speed", "straightforward", "times faster"]]
    for part in parts {
      rows.append([
        part.part.title, part.rate(part.seconds), part.rate(part.floorSeconds), percent(part.shareOfFloor),
        part.straightforwardSeconds.map(part.rate) ?? "–", part.speedup.map { decimal($0, 1) } ?? "–",
      ])
    }
    if let whole = wholeFact(layers: suite.layers.count) {
      rows.append([
        "a fact in all", PartMeasurement.duration(whole.seconds) + "/fact", "", "",
        whole.straightforward.map { PartMeasurement.duration($0) + "/fact" } ?? "–",
        whole.straightforward.map { decimal($0 / whole.seconds, 1) } ?? "–",
      ])
    }
    let rates = productRates.map {
      "\(decimal($0.rates.lowerBound / 1e9, 0))–\(decimal($0.rates.upperBound / 1e9, 0)) GFLOP/s in \($0.dtype)"
    }
    return """
      \(name): \(shape.blockCount) blocks, d = \(grouped(shape.width)), n = \(grouped(shape.feedForwardWidth)), \
      V = \(grouped(shape.vocabularySize)), in \(suite.dtype) on \(suite.device), \(threads) threads
      \(table(rows))
      \(parts.map { "  \($0.part.title): \($0.note)\n" }.joined())
      This machine multiplies matrices of these shapes at \(rates.joined(separator: ", ")), and copies \
      \(decimal(bandwidth / 1e9, 1)) GB/s.
      Weights: \(grouped(weightBytes >> 20)) MB. Largest resident memory while facts were written: \
      \(grouped(peakMemory >> 20)) MB.

      """
  }

  /// The report as one object.
  func json(of suite: BenchmarkSuite, named name: String) -> JSON {
    var measured = JSONObject()
    for part in parts { measured[part.part.rawValue] = part.json }
    var rates = JSONObject()
    for (dtype, range) in productRates {
      rates["\(dtype)"] = [JSON(range.lowerBound), JSON(range.upperBound)]
    }
    let whole = wholeFact(layers: suite.layers.count)
    return [
      "shape": JSON(name), "blocks": JSON(suite.shape.blockCount), "dtype": JSON("\(suite.dtype)"),
      "device": JSON("\(suite.device)"), "threads": JSON(threads), "facts": JSON(facts),
      "steps": JSON(suite.steps), "layers": JSON(suite.layers.map { JSON($0) }),
      "parts": .object(measured), "seconds_per_fact": whole.map { JSON($0.seconds) } ?? .null,
      "straightforward_seconds_per_fact": whole?.straightforward.map { JSON($0) } ?? .null,
      "product_flops_per_second": .object(rates), "copied_bytes_per_second": JSON(bandwidth),
      "weight_bytes": JSON(weightBytes), "peak_resident_bytes": JSON(peakMemory),
    ]
  }
}

extension PartMeasurement {
  /// A time for one unit as a person reads it: tokens by the second.
  func rate(_ seconds: Double) -> String {
    part.unit == "token"
      ? "\(grouped(Int((1 / max(seconds, 1e-12)).rounded()))) tokens/s"
      : "\(Self.duration(seconds))/\(part.unit)"
  }

  /// Seconds to three digits.
  static func duration(_ seconds: Double) -> String {
    seconds < 0.1
      ? "\(decimal(1000 * seconds, seconds < 0.01 ? 2 : 1)) ms"
      : "\(decimal(seconds, seconds < 10 ? 2 : 1)) s"
  }

  fileprivate var json: JSON {
    [
      "unit": JSON(part.unit), "seconds": JSON(seconds), "floor_seconds": JSON(floorSeconds),
      "flops": JSON(flops), "bytes": JSON(bytes), "share_of_floor": JSON(shareOfFloor),
      "straightforward_seconds": straightforwardSeconds.map { JSON($0) } ?? .null,
      "speedup": speedup.map { JSON($0) } ?? .null, "note": JSON(note),
    ]
  }
}
