import Foundation
import StrictJSON
import TestSupport

@testable import Experiments

/// Small files of all tasks, in a directory of their own.
struct AbilityFiles {
  let folder: TemporaryDirectory

  var url: URL { folder.url }

  /// - Parameter count: records a file
  init(count: Int) throws {
    folder = try TemporaryDirectory()
    for task in AbilityTask.allCases {
      try write(JSON((0..<count).map { Self.record(task, $0) }), task)
    }
  }

  func write(_ json: JSON, _ task: AbilityTask) throws {
    try Data(json.serialized(pretty: true)).write(to: url.appendingPathComponent(task.fileName))
  }

  static func record(_ task: AbilityTask, _ number: Int) -> JSON {
    // Of different lengths, so that batches are not in file order.
    let padding = String(repeating: " so", count: number * 5 % 7)
    let binary = JSON(1 - number % 2)
    let text = JSON("Film \(number) is\(padding) good")
    let other = JSON("It is film \(number)")
    return switch task {
    case .sst, .cola: ["sentence": text, "label": binary, "idx": JSON(number)]
    case .mrpc, .rte: ["sentence1": text, "sentence2": other, "label": binary]
    case .nli:
      ["sentence1": text, "sentence2": other, "label": number % 2 == 0 ? "not_entailment" : "entailment"]
    case .mmlu:
      ["question": text, "choices": ["one", "two", "three", "four"], "answer": JSON(number % 4)]
    }
  }
}
