import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite struct NpzTests {
  let directory: TemporaryDirectory
  var url: URL { directory.url.appendingPathComponent("arrays.npz") }

  init() throws { directory = try TemporaryDirectory() }

  /// A `.npy` file with this description and data.
  func npy(_ description: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let count = description.utf8.count
    let length = version == 1 ? littleEndian(UInt16(count)) : littleEndian(UInt32(count))
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(description.utf8) + data
  }

  func open(_ bytes: [UInt8]) throws -> NumpyArray {
    try NumpyArray(contentsOf: directory.write("array.npy", bytes))
  }

  @Test func whatIsWrittenIsRead() throws {
    try NpzWriter.write(
      [
        NewNumpyArray(name: "matrix", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]),
        NewNumpyArray(name: "count", 17115), NewNumpyArray(name: "share", 0.99),
        NewNumpyArray(name: "kind", "é\u{1F600}"), NewNumpyArray(name: "nothing", ""),
        NewNumpyArray(name: "vector", type: .bool, shape: [2], bytes: [0, 1]),
        NewNumpyArray(name: "empty", shape: [0, 4], floats: []),
      ], to: url)
    let file = try NpzFile(contentsOf: url)
    #expect(file.names == ["matrix", "count", "share", "kind", "nothing", "vector", "empty"])
    #expect(try file.array("matrix").floats() == [1, 2, 3, 4, 5, 6])
    #expect(try file.array("matrix").shape == [2, 3])
    #expect(try file.array("count").integers() == [17115])
    #expect(try file.array("count").shape == [])
    #expect(try file.array("share").doubles() == [0.99])
    #expect(try file.array("kind").text() == "é\u{1F600}")
    #expect(try file.array("nothing").text() == "")
    #expect(try file.array("vector").integers() == [0, 1])
    #expect(try file.array("empty").floats() == [])
    #expect(throws: CheckpointError.self) { try file.array("matrix").integers() }
    #expect(throws: CheckpointError.self) { try file.array("kind").floats() }
    let absent = #expect(throws: CheckpointError.self) { try file.array("absent") }
    #expect(absent?.kind == .missingTensor("absent"))
  }

  @Test(.needsSharedData, arguments: ["gpt2-tiny", "gptj-tiny", "llama-tiny"])
  func publishedStatisticsAreRewrittenByteForByte(model: String) throws {
    let folder = SharedFolder.file("golden/edits/\(model)/statistics")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    for name in names {
      let original = folder.appendingPathComponent(name)
      let file = try NpzFile(contentsOf: original)
      #expect(file.names == ["mom2.constructor", "mom2.count", "mom2.mom2", "sample_size"])
      let moment = try file.array("mom2.mom2")
      #expect(moment.shape.count == 2 && moment.shape[0] == moment.shape[1])
      #expect(try file.array("sample_size").integers() == [300])
      try NpzWriter.write(
        [
          NewNumpyArray(name: "mom2.constructor", file.array("mom2.constructor").text()),
          NewNumpyArray(name: "mom2.count", file.array("mom2.count").integers()[0]),
          NewNumpyArray(name: "mom2.mom2", type: .float32, shape: moment.shape) { emit in
            try moment.withBytes(emit)
          },
          NewNumpyArray(name: "sample_size", 300),
        ], to: url, overwrite: true)
      #expect(try Data(contentsOf: url) == Data(contentsOf: original))
    }
  }

  @Test func deflatedArrays() throws {
    let data = try #require(Data(base64Encoded: NumpyFixtures.deflated))
    try data.write(to: url)
    let file = try NpzFile(contentsOf: url)
    #expect(file.names == ["a", "b"])
    let a = try file.array("a")
    #expect(a.isFortranOrder && a.shape == [2, 3])
    #expect(try a.doubles() == [0, 1, 2, 3, 4, 5])
    #expect(try a.floats() == [0, 1, 2, 3, 4, 5])
    #expect(try file.array("b").integers() == Array(repeating: 0, count: 1000))
  }

  @Test func largeFileRecords() throws {
    try #require(Data(base64Encoded: NumpyFixtures.large)).write(to: url)
    let file = try NpzFile(contentsOf: url)
    #expect(try file.array("a").doubles() == [0, 1, 2, 3, 4, 5])
    #expect(try file.array("b").integers() == [0, 0, 0])
  }

  /// Every byte of a small archive, changed in turn, gives an error or an array, and nothing worse.
  @Test(arguments: [NumpyFixtures.deflated, NumpyFixtures.large]) func damagedArchives(base64: String) throws
  {
    let sound = try #require(Data(base64Encoded: base64))
    for position in sound.indices {
      for value: UInt8 in [0xFF, sound[position] ^ 0x10] {
        var damaged = sound
        damaged[position] = value
        try damaged.write(to: url)
        do {
          let file = try NpzFile(contentsOf: url)
          for name in file.names { _ = try? file.array(name).doubles() }
        } catch {
          #expect(error.file.hasPrefix(url.path))
        }
      }
    }
    for length in sound.indices {
      try sound.prefix(length).write(to: url)
      #expect(throws: CheckpointError.self) { try NpzFile(contentsOf: url) }
    }
  }

  @Test func contentsThatWereDamaged() throws {
    try NpzWriter.write([NewNumpyArray(name: "w", shape: [4], floats: [1, 2, 3, 4])], to: url)
    var bytes = try Data(contentsOf: url)
    let element = try #require(bytes.range(of: Data([0, 0, 0x80, 0x3F])))
    bytes[element.lowerBound] ^= 1
    try bytes.write(to: url)
    let error = #expect(throws: CheckpointError.self) { try NpzFile(contentsOf: url).array("w") }
    #expect(error?.reason.contains("checksum") == true)
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func versions(version: UInt8) throws {
    let array = try open(
      npy("{\"shape\": (1,),'fortran_order':False, 'descr': '<i4'}\n", [5, 0, 0, 0], version: version))
    #expect(try array.integers() == [5])
  }

  @Test func orders() throws {
    let values = (0..<24).flatMap { littleEndian(Int64($0)) }
    let fortran = try open(npy("{'descr': '<i8', 'fortran_order': True, 'shape': (2, 3L, 4), }\n", values))
    let expected = (0..<2).flatMap { i in (0..<3).flatMap { j in (0..<4).map { k in i + 2 * j + 6 * k } } }
    #expect(try fortran.integers() == expected)
    let c = try open(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3, 4), }\n", values))
    #expect(try c.integers() == Array(0..<24))
  }

  @Test(arguments: [
    "", "{", "{}", "[1]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4611686018427387904, 0)}",
    "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<U-1', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<U99999999999999999999', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1",
  ])
  func malformedHeaders(description: String) throws {
    let error = #expect(throws: CheckpointError.self) { try open(npy(description, [0, 0, 0, 0])) }
    #expect(error?.kind == .malformed)
  }

  @Test func filesThatAreNoArrays() throws {
    for bytes: [UInt8] in [[], [0x93], Array("{\"a\": 1}, not numpy".utf8), npy("{}", [], version: 9)] {
      #expect(throws: CheckpointError.self) { try open(bytes) }
      #expect(throws: CheckpointError.self) { try NpzFile(contentsOf: directory.write("a.npz", bytes)) }
    }
    let endless = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    #expect(throws: CheckpointError.self) { try open(endless) }
  }

  @Test func arraysThatCannotBeWritten() throws {
    let one = NewNumpyArray(name: "a", 1)
    let short = NewNumpyArray(name: "a", type: .int64, shape: [2], bytes: [1])
    let huge = NewNumpyArray(name: "a", type: .int64, shape: [.max, 2], bytes: [])
    for arrays in [[one, one], [short], [huge]] {
      #expect(throws: CheckpointError.self) { try NpzWriter.write(arrays, to: url) }
    }
    #expect(try directory.names() == [])
  }

  @Test func singleArrayFiles() throws {
    let file = directory.url.appendingPathComponent("a.npy")
    try NpzWriter.write(NewNumpyArray(name: "a", shape: [3], floats: [1, 2, 3]), toNpy: file)
    #expect(try NumpyArray(contentsOf: file).floats() == [1, 2, 3])
  }
}
