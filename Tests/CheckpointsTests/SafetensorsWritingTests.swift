import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite struct SafetensorsWritingTests {
  let directory: TemporaryDirectory
  var url: URL { directory.url.appendingPathComponent("new.safetensors") }

  init() throws { directory = try TemporaryDirectory() }

  @Test func whatIsWrittenIsRead() throws {
    let hash = try SafetensorsWriter.write(
      [
        NewTensor(name: "b", shape: [2, 1], floats: [1, -2.5]),
        NewTensor(name: "a\"\n\u{1F600}", dtype: .bfloat16, shape: [], bytes: [0x80, 0x3F]),
        NewTensor(name: "empty", dtype: .int64, shape: [0, 7], bytes: []),
        NewTensor(name: "pieces", dtype: .uint8, shape: [3]) { emit in
          for byte: UInt8 in 1...3 { try withUnsafeBytes(of: byte) { try emit($0) } }
        },
      ], metadata: [("format", "pt"), ("note", "x")], to: url)
    let file = try SafetensorsFile(contentsOf: url)
    #expect(file.tensors.map(\.name) == ["b", "a\"\n\u{1F600}", "empty", "pieces"])
    #expect(file.metadata.map(\.key) == ["format", "note"])
    #expect(file.dataStart % 8 == 0)
    #expect(try file["b"]?.withBytes { $0.loadUnaligned(fromByteOffset: 4, as: Float.self) } == -2.5)
    #expect(try file["pieces"]?.withBytes { Array($0) } == [1, 2, 3])
    #expect(file["empty"]?.shape == [0, 7])
    #expect(try hash == ContentHash(of: Data(contentsOf: url)))
    #expect(try directory.names() == ["new.safetensors"])
  }

  @Test func sameInputSameBytes() throws {
    let tensors = [NewTensor(name: "w", shape: [1], floats: [3])]
    let first = try SafetensorsWriter.write(tensors, to: url)
    #expect(try SafetensorsWriter.write(tensors, to: url, overwrite: true) == first)
  }

  @Test func anExistingFileIsKept() throws {
    try directory.write("new.safetensors", "old")
    let error = #expect(throws: CheckpointError.self) { try SafetensorsWriter.write([], to: url) }
    #expect(error?.kind == .destinationExists)
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
  }

  @Test(arguments: [0, 3, 5]) func wrongNumberOfBytes(count: Int) throws {
    try directory.write("new.safetensors", "old")
    let tensor = NewTensor(name: "w", dtype: .float32, shape: [1], bytes: Array(repeating: 0, count: count))
    let error = #expect(throws: CheckpointError.self) {
      try SafetensorsWriter.write([tensor], to: url, overwrite: true)
    }
    #expect(error?.kind == .wrongTensorSize("w"))
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    #expect(try directory.names() == ["new.safetensors"])
  }

  @Test func tensorsThatCannotBeWritten() throws {
    let tensor = NewTensor(name: "w", dtype: .float4, shape: [1], bytes: [])
    let twice = NewTensor(name: "w", dtype: .uint8, shape: [0], bytes: [])
    let huge = NewTensor(name: "w", dtype: .uint8, shape: [.max, 2], bytes: [])
    let negative = NewTensor(name: "w", dtype: .uint8, shape: [-1], bytes: [])
    for tensors in [[tensor], [twice, twice], [huge], [negative]] {
      let error = #expect(throws: CheckpointError.self) { try SafetensorsWriter.write(tensors, to: url) }
      #expect(error?.kind == .malformedTensor("w"))
    }
    #expect(try directory.names() == [])
  }

  @Test func whatAKilledWriterLeftIsRemoved() throws {
    try directory.write(".new.safetensors.0123456789abcdef.partial", "half")
    try SafetensorsWriter.write([], to: url)
    #expect(try directory.names() == ["new.safetensors"])
  }

  @Test func directoryThatIsNotThere() throws {
    let error = #expect(throws: CheckpointError.self) {
      try AtomicFile.write([], to: directory.url.appendingPathComponent("a/b"), overwrite: false)
    }
    #expect(error?.kind == .unwritable)
  }
}
