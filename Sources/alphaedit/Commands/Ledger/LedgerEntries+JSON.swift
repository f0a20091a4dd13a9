import Foundation
import KnowledgeEditing
import Ledger
import StrictJSON

extension LedgerBase {
  /// The base as one object.
  var json: JSON {
    [
      "path": JSON(path), "fingerprint": JSON(fingerprint), "compute_type": JSON(computeType),
      "tensors": JSON(
        tensors.map {
          [
            "name": JSON($0.name), "dtype": JSON($0.dtype), "shape": JSON($0.shape.map { JSON($0) }),
            "sha256": JSON($0.sha256),
          ]
        }),
    ]
  }
}

extension LedgerRun {
  private var recorded: JSON? { try? JSON.parse(record) }

  /// The method's name.
  var method: String? { recorded?["method"]?.string }

  /// The run as one object.
  var json: JSON {
    ["id": JSON(id), "time": JSON(time), "author": JSON(author), "settings": recorded ?? .null]
  }
}

extension LedgerStep {
  /// The step as one object.
  var json: JSON {
    let weights = weights.sorted { $0.key < $1.key }.map { (JSONString($0.key), JSON($0.value)) }
    return [
      "id": JSON("s\(id)"), "run": JSON(run), "kind": JSON(kind.rawValue),
      "weights": .object(JSONObject(weights)),
    ]
  }
}

extension LedgerMeasure {
  /// The measurement as one object.
  var json: JSON {
    [
      "said": JSON(isSaid), "target_mean_log_probability": JSON(target),
      "target_true_mean_log_probability": former.map { JSON($0) } ?? .null,
    ]
  }
}

extension LedgerFact {
  /// The fact as one object.
  var json: JSON {
    [
      "id": JSON(id), "step": JSON("s\(step)"), "name": JSON(name),
      "source": source.map { JSON($0) } ?? .null,
      "subject": JSON(subject), "prompt": JSON(prompt), "target": JSON(target),
      "target_true": former.map { JSON($0) } ?? .null, "relation": relation.map { JSON($0) } ?? .null,
      "before": before.json, "after": after.json, "in_effect": JSON(removedBy == nil),
      "removed_by": removedBy.map { JSON("s\($0)") } ?? .null,
      "replaced_by": replacedBy.map { JSON($0) } ?? .null,
    ]
  }

  /// The fact as a record of a file of facts.
  var record: JSON {
    var members: [(String, JSON)] = [
      ("case_id", JSON(name)), ("subject", JSON(subject)), ("prompt", JSON(prompt)), ("target", JSON(target)),
    ]
    if let former { members.append(("ground_truth", JSON(former))) }
    return .object(JSONObject(members.map { (JSONString($0), $1) }))
  }

  /// The number, prompt, target, and the target's probability before and after, for a table.
  var row: [String] {
    let asked = prompt.replacingOccurrences(of: "{}", with: subject)
    let state =
      removedBy.map { step in replacedBy.map { "replaced by \($0)" } ?? "taken out by s\(step)" } ?? ""
    return [
      "\(id)", asked.shortened(to: 60), target.shortened(to: 30), decimal(exp(before.target), 3), "→",
      decimal(exp(after.target), 3), state,
    ]
  }
}

extension LedgerMatrix {
  /// The Frobenius norm.
  var norm: Double {
    bytes.withUnsafeBytes { raw in
      stride(from: 0, to: raw.count - 3, by: 4).reduce(0.0) { sum, offset in
        let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        let value = Double(Float(bitPattern: UInt32(littleEndian: bits)))
        return sum + value * value
      }.squareRoot()
    }
  }
}

extension LedgerDifference {
  /// The difference as one object.
  var json: JSON {
    [
      "gained": JSON(gained.map(\.json)), "lost": JSON(lost.map(\.json)),
      "tensors": JSON(tensors.map { JSON($0) }),
    ]
  }

  /// The difference as a person reads it.
  var text: String {
    func lines(_ sign: String, _ facts: [LedgerFact]) -> String {
      facts.map { "\(sign) \($0.row.prefix(3).joined(separator: "  "))\n" }.joined()
    }
    let tensors = tensors.isEmpty ? "no tensor differs\n" : tensors.map { "~ \($0)\n" }.joined()
    return lines("+", gained) + lines("-", lost) + tensors
  }
}
