import Foundation
import TestSupport

@testable import Experiments

/// A directory of results, as the published code writes them.
struct RunFiles {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// The results' root.
  var url: URL { folder.url }

  func run(_ name: String) -> URL { url.appendingPathComponent(name, isDirectory: true) }

  /// Writes a file of a run, named as `METHOD/run_NNN/FILE`.
  func write(_ text: String, to path: String) throws {
    let file = url.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Two CounterFact cases whose figures can be worked out by hand; one has a similarity that is not a number.
  func writeTwoCases(to run: String) throws {
    try write(
      """
      {"case_id": 0, "grouped_case_ids": [0, 2], "num_edits": 2, "time": 2.0, "post": {
        "rewrite_prompts_probs": [{"target_new": 0.1, "target_true": 3.0}],
        "paraphrase_prompts_probs": [{"target_new": 0.5, "target_true": 2.0}, {"target_new": 2.0, "target_true": 1.0}],
        "neighborhood_prompts_probs": [{"target_new": 3.0, "target_true": 0.2}],
        "rewrite_prompts_correct": [true], "paraphrase_prompts_correct": [true, false],
        "neighborhood_prompts_correct": [true],
        "ngram_entropy": 6.1, "reference_score": 0.3, "text": ["NaN, or so"]}}
      """, to: "\(run)/2_edits-case_0.json")
    try write(
      """
      {"case_id": 2, "grouped_case_ids": [0, 2], "num_edits": 2, "time": 4.0, "post": {
        "rewrite_prompts_probs": [{"target_new": 3.0, "target_true": 0.1}],
        "paraphrase_prompts_probs": [{"target_new": 1.0, "target_true": 2.0}, {"target_new": 1.0, "target_true": 2.0}],
        "neighborhood_prompts_probs": [{"target_new": 1.0, "target_true": 2.0}, {"target_new": 2.0, "target_true": 1.0}],
        "rewrite_prompts_correct": [false], "paraphrase_prompts_correct": [true, true],
        "neighborhood_prompts_correct": [false, true],
        "ngram_entropy": 5.9, "reference_score": NaN, "text": ["-Infinity \\" NaN"]}}
      """, to: "\(run)/2_edits-case_2.json")
  }

  /// The scores of one test of ability, before the first edit and after 2 edits.
  func writeAbility(to run: String) throws {
    try write(
      """
      {"edit_num": 2, "case_id": [0, 2], "sst": {"correct": 2, "incorrect": 1, "invalid": 1, "total": 4, \
      "f1": 0.5833, "f1_new": 0.75, "mcc": NaN, "time": 1.5}}
      """, to: "\(run)/glue_eval/case_0_glue.json")
    try write(
      """
      {"edit_num": -1, "sst": {"correct": 3, "incorrect": 1, "invalid": 0, "total": 4, "f1": 0.7333, "f1_new": 1.0, \
      "mcc": 0.57735, "time": 1.5}, "mmmlu": {"correct": 1, "total": 4, "f1": 0.25, "f1_new": 0.25, "mcc": 0.0}}
      """, to: "\(run)/glue_eval/base_glue.json")
    try write("[]", to: "\(run)/glue_eval/base_sst_gen.json")
  }
}
