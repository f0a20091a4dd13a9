import Foundation
import KnowledgeEditing
import Ledger
import StrictJSON

extension LedgerVerification {
  /// The result as one object.
  var json: JSON {
    [
      "intact": JSON(isIntact), "steps": JSON(stepCount), "tensors": JSON(tensorCount),
      "facts": JSON(factCount),
      "differences": JSON(
        differences.map {
          ["tensor": JSON($0.tensor), "step": JSON("s\($0.step)"), "place": JSON($0.place.rawValue)]
        }),
    ]
  }

  /// The result as a person reads it.
  var text: String {
    guard !isIntact else {
      return
        "intact: \(tensorCount) tensors after \(stepCount) steps, \(grouped(factCount)) facts in effect\n"
    }
    return differences.map { difference in
      switch difference.place {
      case .checkpoint: "\(difference.tensor): the checkpoint does not hold what s\(difference.step) left\n"
      case .replay:
        "\(difference.tensor): base and ledger do not give what was recorded after s\(difference.step)\n"
      }
    }.joined()
  }
}

extension UndoRun.Report {
  /// The result as one object.
  var json: JSON {
    [
      "output": JSON(written.directory.path), "steps_left": JSON(stepsLeft),
      "undone": JSON(undone.map(\.json)), "brought_back": JSON(broughtBack.map(\.json)),
    ]
  }

  /// The result as a person reads it.
  var text: String {
    let back = broughtBack.isEmpty ? "" : ", \(grouped(broughtBack.count)) are in effect again"
    return """
      \(grouped(undone.count)) facts are undone\(back); \(stepsLeft == 0 ? "the base is left" : "s\(stepsLeft) is the last step")
      The checkpoint is in \(written.directory.path)

      """
  }
}

extension RemovalRun.FactResult {
  /// The result as one object.
  var json: JSON {
    [
      "fact": fact.json, "said_before": JSON(before.isSaid), "said_after": JSON(after.isSaid),
      "as_unedited": JSON(isAsUnedited),
      "before": before.json, "after": after.json,
    ]
  }
}

extension RemovalRun.Report {
  /// The result as one object.
  var json: JSON {
    [
      "output": JSON(written.directory.path), "removed": JSON(removed.map(\.json)),
      "others": [
        "count": JSON(others.count), "said_before": JSON(others.count { $0.before.isSaid }),
        "said_after": JSON(others.count { $0.after.isSaid }), "lost": JSON(lost.map(\.json)),
        "facts": JSON(others.map(\.json)),
      ],
    ]
  }

  /// The result as a person reads it.
  var text: String {
    let asBefore = removed.count(where: \.isAsUnedited)
    var text = """
      Took out \(grouped(removed.count)) facts; \(grouped(asBefore)) of them are as in the unedited model
      Of \(grouped(others.count)) others \(grouped(others.count { $0.before.isSaid })) were said before, \
      \(grouped(others.count { $0.after.isSaid })) are said now

      """
    if !lost.isEmpty {
      text += "Not said any more\n" + table(lost.map { $0.fact.row.prefix(3).map { $0 } }, textColumns: 3)
    }
    return text + "The checkpoint is in \(written.directory.path)\n"
  }
}
