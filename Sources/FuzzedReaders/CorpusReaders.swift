import Checkpoints
import Experiments
import Foundation
import KnowledgeEditing
import StrictJSON

extension FuzzedReader {
  /// Documents to collect statistics from, as lines of JSON and as paragraphs, compressed or not.
  static let corpus = FuzzedReader("corpus", .bytes) { bytes, directory in
    try inOneWay(
      ["corpus.jsonl", "corpus.txt"].map { name in
        {
          let corpus = try Corpus(files: [write(bytes, name, in: directory)])
          let documents = corpus.documents()
          var line = 0
          while let document = try documents.next() {
            try promise(document.line > line, "a document begins in line \(document.line), after \(line)")
            line = document.line
          }
        }
      })
  }

  /// `statistics.json`, beside the statistics of a layer and their sum, as a search and as a merging of shards read it.
  static let statistics = FuzzedReader("statistics", .json) { directory in
    let shard = try folder("shard", in: directory)
    try NpzWriter.write(
      [
        NewNumpyArray(name: "mom2.constructor", "util.runningstats.SecondMoment()"),
        NewNumpyArray(name: "mom2.count", 3),
        NewNumpyArray(name: "mom2.mom2", shape: [2, 2], floats: [2, 1, 1, 2]),
        NewNumpyArray(name: "sample_size", 10),
      ], to: shard.appendingPathComponent("m_float32_mom2_10.npz"))
    try NpzWriter.write(
      [
        NewNumpyArray(name: "count", 3),
        NewNumpyArray(
          name: "units", type: .int64, shape: [2, 2],
          bytes: [2, 1, 1, 2].flatMap { unit in withUnsafeBytes(of: Int64(unit).littleEndian) { Array($0) } }),
      ], to: shard.appendingPathComponent("m.exact.npz"))
  } _: { bytes, directory in
    let shard = directory.appendingPathComponent("shard")
    let merged = directory.appendingPathComponent("merged")
    try write(bytes, "statistics.json", in: shard)
    try inOneWay([
      { _ = try StatisticsDirectory.find(layerNames: ["m"], below: shard, keyWidth: 2) },
      {
        for file in try StatisticsShards.merge([shard], into: merged, overwrite: true) {
          let parent = file.standardizedFileURL.deletingLastPathComponent().lastPathComponent
          try promise(parent == "merged", "\(file.path) was written")
        }
      },
    ])
  }

  /// The results of a record, and the scores in tests of ability, which a summary is made of.
  static let results = FuzzedReader("results", .json) { directory in
    let run = try folder("run_000", in: directory)
    try write(
      Array(#"{"edit_num":-1,"sst":{"correct":1,"total":2}}"#.utf8), "base_glue.json",
      in: folder("glue_eval", in: run))
    let other = try folder("run_001", in: directory)
    try write(Array(#"{"case_id":0,"post":{"reference_score":1}}"#.utf8), "1_edits-case_0.json", in: other)
    _ = try folder("glue_eval", in: other)
  } _: { bytes, directory in
    try inOneWay([
      {
        let run = directory.appendingPathComponent("run_000")
        try write(bytes, "1_edits-case_0.json", in: run)
        try show(RunSummary(run))
      },
      {
        let run = directory.appendingPathComponent("run_001")
        let file = try write(bytes, "glue_eval/base_glue.json", in: run)
        let summary = try RunSummary(run)
        try show(summary)
        if summary.ability.isEmpty {
          throw SummaryError.malformed(file: file.path, reason: summary.warnings.joined(separator: "; "))
        }
      },
    ])
  }

  private static func show(_ summary: RunSummary) throws {
    let json = summary.json
    try promise(JSON.parse(json.serialized()) == json, "another summary was written than made")
    for table in [SummaryTable.means([summary]), .ability([summary]), .long([summary])] as [SummaryTable?] {
      _ = [table?.csv, table?.markdown]
    }
  }

  private static func folder(_ name: String, in directory: URL) throws -> URL {
    let url = directory.appendingPathComponent(name, isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}
