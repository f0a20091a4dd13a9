import StrictJSON
import TestSupport

extension TemporaryDirectory {
  /// Writes a few questions of each task of general ability.
  func writeAbilityTasks(below place: String) throws {
    for task in ["sst2", "mmlu", "mrpc", "cola", "rte", "nli"] {
      let records = (0..<12).map { number -> JSON in
        let text = JSON("Film \(number) is good")
        let label = task == "nli" ? ["entailment", "not_entailment"][number % 2] : JSON(number % 2)
        return [
          "sentence": text, "sentence1": text, "sentence2": "It is a film", "question": text,
          "choices": ["one", "two", "three", "four"], "answer": JSON(number % 4), "label": label,
        ]
      }
      try write("\(place)/\(task).json", JSON(records).text())
    }
  }
}
