import StrictJSON
import TestSupport
import Testing

/// The benchmarks as programs.
@Suite struct BenchCommandTests {
  private let folder: TemporaryDirectory
  private let program: Program

  init() throws {
    folder = try TemporaryDirectory()
    program = Program(cache: folder["cache"])
  }

  private func json(_ arguments: String...) throws -> JSON {
    let result = try program.run(["bench"] + arguments + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    return try JSON.parse(Array(result.output.utf8))
  }

  @Test func theSuiteSaysHowFarFromItsFloorEachPartIs() throws {
    let report = try json(
      "suite", "--blocks", "2", "--count", "2", "--steps", "2", "--parts", "values,keys,solve,generation",
      "--new-tokens", "2", "--basis", "10", "--no-straightforward", "--dtype", "bfloat16")
    #expect(report["shape"]?.string == "gpt2-small" && report["blocks"]?.int == 2)
    let parts = try #require(report["parts"]?.object)
    #expect(parts.keys == ["values", "keys", "solve", "generation"])
    for (_, part) in parts.members {
      let (seconds, floor) = (part["seconds"]?.double ?? 0, part["floor_seconds"]?.double ?? 0)
      #expect(seconds > 0 && floor > 0)
      #expect(abs((part["share_of_floor"]?.double ?? 0) - floor / seconds) < 1e-9)
      #expect(part["straightforward_seconds"]?.isNull == true)
    }
    #expect((report["seconds_per_fact"]?.double ?? 0) > 0)
  }

  @Test func costsAreTablesInMarkdown() throws {
    let result = try program.run([
      "bench", "cost", "--key-width", "64", "--width", "16", "--basis", "8", "--batch", "10", "--facts", "60",
      "--history", "20",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("| facts in history | facts in the batch | seconds |"))
    #expect(result.output.contains("\n| 50 | 10 | "))
    #expect(result.output.contains("\n| 20 | 1,000 | "))
  }

  @Test func theProjectorIsChecked() throws {
    let report = try json("projector", "--key-width", "128", "--above", "20")
    #expect(report["nullity"]?.int == 108 && report["expected_nullity"]?.int == 108)
    #expect((report["orthogonality"]?.double ?? 1) < 1e-5)
  }

  @Test func theProcessorAgreesWithItself() throws {
    let report = try json("agreement", "--device", "cpu", "--blocks", "2", "--count", "2", "--steps", "2")
    #expect(report.array?.count == 6)
    #expect(report.array?.first?["relative"]?.double == 0)
  }

  @Test(arguments: [
    ["suite", "--parts", "values,hope"], ["suite", "--shape", "gpt-5"], ["suite", "--blocks", "1"],
    ["suite", "--steps", "0"], ["cost", "--basis", "9", "--key-width", "8"],
    ["projector", "--above", "65", "--key-width", "128"], ["suite", "--facts", "f"],
    ["agreement", "--count", "0"],
  ])
  func wrongUsageEndsWith64(arguments: [String]) throws {
    let result = try program.run(["bench"] + arguments)
    #expect(result.status == 64 && result.errors.contains("Usage: alphaedit bench"), "\(result.errors)")
  }
}
