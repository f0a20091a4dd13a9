import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite struct SafetensorsReadingTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The error that opening these bytes ends in.
  func failure(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws -> CheckpointError
  {
    let url = try directory.write("case.safetensors", bytes)
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
      try SafetensorsFile(contentsOf: url)
    }
    let found = try #require(error, sourceLocation: sourceLocation)
    #expect(found.file == url.path, sourceLocation: sourceLocation)
    return found
  }

  func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: directory.write("case.safetensors", bytes))
  }

  @Test func readsTensorsInDataOrder() throws {
    let header = """
      {"__metadata__":{"format":"pt","été":"oui"},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},\
      "a":{"dtype":"I16","shape":[2,1],"data_offsets":[0,4]}}
      """
    let file = try open(safetensors(header) + Array(1...12))
    #expect(file.tensors.map(\.name) == ["a", "b"])
    #expect(file.metadata.map(\.key) == ["format", "été"])
    #expect(file.metadata.map(\.value) == ["pt", "oui"])
    let b = try #require(file["b"])
    #expect(b.dtype == .float32 && b.shape == [2] && b.info.elementCount == 2)
    #expect(try b.withBytes { Array($0) } == Array(5...12))
    #expect(b.info.byteRange.lowerBound == file.dataStart + 4)
    #expect(file["c"] == nil)
  }

  @Test(arguments: 0..<8) func fileShorterThanItsLength(count: Int) throws {
    #expect(try failure(Array(repeating: 0, count: count)).kind == .truncated)
  }

  @Test(
    arguments: [
      (0, CheckpointError.Kind.malformed), (1 << 20, .truncated), (100_000_001, .malformed),
      (1 << 63, .malformed), (.max, .malformed), (.max - 7, .malformed),
    ] as [(UInt64, CheckpointError.Kind)])
  func headerLength(length: UInt64, kind: CheckpointError.Kind) throws {
    #expect(try failure(littleEndian(length) + Array("{}".utf8)).kind == kind)
  }

  @Test(arguments: [
    "[]", " {}", "{", "{}x", "{\"a\":}", "{'a':1}", "{\"a\":NaN}", "{\"a\":1,}", "\u{FEFF}{}",
    String(repeating: "{\"a\":", count: 100_000), "{\"__metadata__\":[]}", "{\"__metadata__\":{\"a\":1}}",
    "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}",
  ])
  func malformedHeader(header: String) throws {
    #expect(try failure(safetensors(header)).kind == .malformed)
  }

  @Test func headerThatIsNotUTF8() throws {
    let text: [UInt8] = Array("{\"".utf8) + [0xFF, 0xC0] + Array("\":1}".utf8)
    let error = try failure(littleEndian(UInt64(text.count)) + text)
    #expect(error.kind == .malformed && error.reason.contains("offset 10"))
  }

  @Test(arguments: [
    #"1"#, #"null"#, #"{}"#, #"{"dtype":"F32"}"#, #"{"dtype":"F32","shape":[1]}"#,
    #"{"dtype":"F31","shape":[1],"data_offsets":[0,4]}"#, #"{"dtype":32,"shape":[1],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[0,-0],"data_offsets":[0,0]}"#,
    #"{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}"#,
    #"{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}"#,
    #"{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[99999999999999999999999999],"data_offsets":[0,4]}"#,
    #"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}"#,
    #"{"dtype":"F64","shape":[1152921504606846976],"data_offsets":[0,0]}"#,
    #"{"dtype":"F32","shape":1,"data_offsets":[0,4]}"#, #"{"dtype":"F32","shape":[1],"data_offsets":[0]}"#,
    #"{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}"#,
    #"{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}"#,
    #"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#,
    #"{"dtype":"F32","shape":[1],"data_offsets":[0,1e99]}"#,
    #"{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}"#,
    #"{"dtype":"F32","shape":[2],"data_offsets":[0,4]}"#, #"{"dtype":"F4","shape":[3],"data_offsets":[0,2]}"#,
    #"{"dtype":"F6_E2M3","shape":[2],"data_offsets":[0,2]}"#,
  ])
  func malformedTensor(entry: String) throws {
    let error = try failure(safetensors("{\"w\":\(entry)}", data: 4))
    #expect(error.kind == .malformedTensor("w"))
    #expect(error.reason.contains("“w”"))
  }

  @Test func dataBeyondTheFile() throws {
    let header = #"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#
    #expect(try failure(safetensors(header, data: 3)).kind == .truncated)
    let huge = #"{"w":{"dtype":"U8","shape":[9223372036854775],"data_offsets":[0,9223372036854775]}}"#
    #expect(try failure(safetensors(huge, data: 3)).kind == .truncated)
    let last = #"{"w":{"dtype":"U8","shape":[0],"data_offsets":[9223372036854775807,9223372036854775807]}}"#
    #expect(try failure(safetensors(last, data: 3)).kind == .truncated)
  }

  @Test func dataAfterTheLastTensor() throws {
    let header = #"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#
    #expect(try failure(safetensors(header, data: 5)).kind == .malformed)
    #expect(try failure(safetensors("{}", data: 1)).kind == .malformed)
  }

  @Test func dataThatDoesNotBeginAtTheStart() throws {
    let header = #"{"w":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}"#
    #expect(try failure(safetensors(header, data: 5)).kind == .malformedTensor("w"))
  }

  @Test(arguments: [(2, 6), (5, 9)]) func overlapAndGap(begin: Int, end: Int) throws {
    let header = """
      {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},\
      "b":{"dtype":"U8","shape":[4],"data_offsets":[\(begin),\(end)]}}
      """
    #expect(try failure(safetensors(header, data: end)).kind == .malformedTensor("b"))
  }

  @Test func duplicateNames() throws {
    let entry = #"{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#
    #expect(try failure(safetensors("{\"w\":\(entry),\"w\":\(entry)}", data: 4)).kind == .malformed)
    #expect(try failure(safetensors("{\"w\":\(entry),\"\\u0077\":\(entry)}", data: 4)).kind == .malformed)
  }

  @Test func emptyTensorsScalarsAndPaddingAreValid() throws {
    let header = """
      {"empty":{"dtype":"F32","shape":[3,0,2],"data_offsets":[4,4]},\
      "scalar":{"dtype":"F32","shape":[],"data_offsets":[0,4]},\
      "end":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},\
      "half":{"dtype":"F4","shape":[2,4],"data_offsets":[4,8]}}     
      """
    let file = try open(safetensors(header, data: 8))
    #expect(file.tensors.map(\.name) == ["scalar", "empty", "half", "end"])
    #expect(file["empty"]?.info.elementCount == 0)
    #expect(file["scalar"]?.info.elementCount == 1)
    #expect(file["half"]?.info.elementCount == 8)
    #expect(try open(safetensors("{}")).tensors.isEmpty)
    #expect(try open(safetensors("{}      ")).tensors.isEmpty)
  }

  @Test func namesThatUnicodeHoldsEqualAreDifferentTensors() throws {
    let header = """
      {"\u{E9}":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
      "e\u{301}":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}
      """
    let file = try open(safetensors(header) + [7, 9])
    #expect(try file["\u{E9}"]?.withBytes { $0[0] } == 7)
    #expect(try file["e\u{301}"]?.withBytes { $0[0] } == 9)
  }

  /// Each type with an infinity, a NaN and a one.
  static let nonFinite: [(StoredType, [UInt64])] = [
    (.float32, [0x7F80_0000, 0xFFC0_0000, 0x3F80_0000]),
    (.bfloat16, [0x7F80, 0xFFC0, 0x3F80]),
    (.float16, [0x7C00, 0xFE00, 0x3C00]),
    (.float64, [0x7FF0_0000_0000_0000, 0xFFF8_0000_0000_0000, 0x3FF0_0000_0000_0000]),
    (.float8e5m2, [0x7C, 0xFE, 0x3C]),
    (.float8e4m3, [0x7F, 0xFF, 0x38]),
  ]

  @Test(arguments: nonFinite)
  func countsNonFiniteValues(dtype: StoredType, patterns: [UInt64]) throws {
    let bytes = patterns.flatMap { littleEndian($0).prefix(dtype.bits / 8) }
    let entry = #"{"dtype":"\#(dtype.rawValue)","shape":[3],"data_offsets":[0,\#(bytes.count)]}"#
    let file = try open(safetensors("{\"w\":\(entry)}") + bytes)
    #expect(try file["w"]?.nonFiniteCount() == 2)
  }

  @Test func aFileCutShortWhileMappedIsAnError() throws {
    let size = 1 << 20
    let header = #"{"w":{"dtype":"U8","shape":[\#(size)],"data_offsets":[0,\#(size)]}}"#
    let file = try open(safetensors(header, data: size, fill: 1))
    let weight = try #require(file["w"])
    #expect(try weight.withBytes { $0.reduce(0) { $0 + Int($1) } } == size)
    #expect(truncate(file.url.path, 5000) == 0)
    let error = #expect(throws: CheckpointError.self) {
      try weight.withBytes { $0.reduce(0) { $0 + Int($1) } }
    }
    #expect(error?.kind == .truncated)
    #expect(throws: CheckpointError.self) { try file.checkNotTruncated() }
  }

  @Test func aFileWrittenToWhileMappedIsAnError() throws {
    let header = #"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#
    let file = try open(safetensors(header, data: 4))
    let handle = try FileHandle(forWritingTo: file.url)
    try handle.truncate(atOffset: 10)
    try handle.seekToEnd()
    try handle.write(contentsOf: safetensors(header, data: 4).dropFirst(10))
    try handle.close()
    #expect(throws: CheckpointError.self) { try file.checkNotTruncated() }
  }

  @Test func whatIsNotAFile() throws {
    #expect(throws: CheckpointError.self) { try SafetensorsFile(contentsOf: directory.url) }
    let absent = directory.url.appendingPathComponent("absent")
    let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(contentsOf: absent) }
    #expect(error?.kind == .unreadable)
    let pipe = directory.url.appendingPathComponent("pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    #expect(throws: CheckpointError.self) { try SafetensorsFile(contentsOf: pipe) }
  }

  @Test(.needsSharedData, arguments: ["data/models/TinyStories-656K", "golden/edits/gpt2-tiny/model"])
  func realFiles(path: String) throws {
    let file = try SafetensorsFile(contentsOf: SharedFolder.file(path + "/model.safetensors"))
    #expect(file.tensors.count > 10)
    #expect(file.tensors.last?.byteRange.upperBound == file.file.count)
  }
}
