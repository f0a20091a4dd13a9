import StrictJSON

extension EditMemoryPlan: CustomStringConvertible {
  /// The plan in a line: "up to 1.2 GB of 2 GB beside the weights (editing), 32 facts at a time".
  public var description: String {
    let pieces = factsAtOnce > 0 ? ", \(factsAtOnce) facts at a time" : ""
    return "up to \(peak.asBytes) of \(allowed.asBytes) beside the weights (\(largest.name))\(pieces)"
  }

  /// Each phase with its parts, a line each.
  var table: String {
    phases.map { phase in
      "\n  \(phase.name): \(phase.bytes.asBytes) ("
        + phase.parts.map { "\($0.name) \($0.bytes.asBytes)" }.joined(separator: ", ") + ")"
    }.joined()
  }

  /// The plan, for programs.
  public var json: JSON {
    [
      "allowed_bytes": JSON(allowed), "peak_bytes": JSON(peak), "facts_at_once": JSON(factsAtOnce),
      "layers_per_pass": JSON(layersPerPass),
      "phases": JSON(
        phases.map { phase -> JSON in
          [
            "name": JSON(phase.name), "bytes": JSON(phase.bytes),
            "parts": JSON(phase.parts.map { ["name": JSON($0.name), "bytes": JSON($0.bytes)] }),
          ]
        }),
    ]
  }
}
