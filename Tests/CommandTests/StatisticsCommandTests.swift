import Foundation
import StrictJSON
import Testing
import TestSupport

/// `alphaedit statistics`.
@Suite struct StatisticsCommandTests {
  private let folder: TemporaryDirectory
  private let program: Program
  private static let layers = [1, 2, 3]

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  private func collect(_ output: String, _ more: [String] = []) throws -> Program.Result {
    let model = Package.llamaTiny.appendingPathComponent("model").path
    let corpus = Package.llamaTiny.appendingPathComponent("corpus.jsonl").path
    return try program.run(
      [
        "statistics", "--model", model, "--corpus", corpus, "--output", folder[output].path, "--layers",
        "1-3",
        "--samples", "300", "--threads", "1",
      ] + more)
  }

  private static func name(_ layer: Int) -> String {
    "model.layers.\(layer).mlp.down_proj_float32_mom2_300.npz"
  }

  @Test func shardsMergeToTheVeryBytesOfOneRun() throws {
    let whole = try collect("whole", ["--json"])
    try #require(whole.status == 0, "\(whole.errors)")
    #expect(try whole.json["files"]?.array?.count == 3)
    for shard in ["2/3", "1/3", "3/3"] {
      let result = try collect("shards", ["--shard", shard])
      try #require(result.status == 0, "\(result.errors)")
    }
    let shards = (1...3).map { folder["shards/shard-\($0)-of-3"].path }
    let incomplete = try program.run(
      ["statistics", "merge", "--output", folder["merged"].path] + shards.dropLast())
    #expect(incomplete.status == 1 && incomplete.errors.contains("number 3"), "\(incomplete.errors)")
    let merged = try program.run(["statistics", "merge", "--output", folder["merged"].path] + shards)
    try #require(merged.status == 0, "\(merged.errors)")
    for layer in Self.layers {
      let name = Self.name(layer)
      #expect(
        try Data(contentsOf: folder["whole/\(name)"]) == Data(contentsOf: folder["merged/\(name)"]), "\(name)"
      )
    }
  }

  @Test func outputServesAnEdit() throws {
    try #require(collect("statistics").status == 0)
    let edit = try TinyEdit()
    let result = try edit.program.run(edit.arguments(["--json"], statistics: folder["statistics"]))
    try #require(result.status == 0, "\(result.errors)")
    let recorded = try edit.program.run(edit.arguments(["--json", "--overwrite"]))
    for (own, published) in zip(
      try result.json["layers"]?.array ?? [], try recorded.json["layers"]?.array ?? [])
    {
      let (mine, theirs) = (
        own["null_space"]?["trace"]?.double ?? 0, published["null_space"]?["trace"]?.double ?? 1
      )
      #expect(abs(mine - theirs) <= 1e-6 * theirs)
      #expect(own["statistics"]?["tokens"] == published["statistics"]?["tokens"])
    }
  }

  @Test func otherStatisticsAreNotReplaced() throws {
    try #require(collect("statistics").status == 0)
    let again = try collect("statistics", ["--max-tokens", "8"])
    #expect(again.status == 1 && again.errors.contains(folder["statistics"].path), "\(again.errors)")
    #expect(try collect("statistics", ["--max-tokens", "8", "--overwrite"]).status == 0)
  }
}
