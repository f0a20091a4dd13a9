import Checkpoints
import Foundation
import KnowledgeEditing

extension FuzzedReader {
  /// `*.safetensors`.
  static let safetensors = FuzzedReader("safetensors", .safetensors) { bytes, directory in
    let url = try write(bytes, "model.safetensors", in: directory)
    let file = try SafetensorsFile(contentsOf: url)
    var covered = 0
    for info in file.tensors {
      guard let tensor = file[info.name] else {
        throw BrokenPromise("the tensor “\(info.name)” cannot be found")
      }
      covered += tensor.bytes.count
      _ = try tensor.nonFiniteCount()
      try tensor.withBytes {
        try promise($0.count * 8 == info.elementCount * info.dtype.bits, "bytes ≠ elements")
      }
    }
    try promise(covered + file.dataStart == bytes.count, "the tensors do not cover the file")
  }

  /// `model.safetensors.index.json` beside two shards.
  static let index = FuzzedReader("index", .json) { directory in
    try write(Array(#"{"model_type":"llama"}"#.utf8), "config.json", in: directory)
    try SafetensorsWriter.write(
      [NewTensor(name: "a", shape: [2], floats: [1, 2]), NewTensor(name: "b", shape: [], floats: [3])],
      to: directory.appendingPathComponent("model-00001-of-00002.safetensors"))
    try SafetensorsWriter.write(
      [NewTensor(name: "c", shape: [0, 4], floats: [])],
      to: directory.appendingPathComponent("model-00002-of-00002.safetensors"))
  } _: { bytes, directory in
    try write(bytes, "model.safetensors.index.json", in: directory)
    let checkpoint = try Checkpoint(directory: directory)
    try promise(checkpoint.tensorNames.sorted() == ["a", "b", "c"], "other tensors than the shards hold")
    _ = try checkpoint.fingerprint()
    _ = try checkpoint.nonFiniteWarnings()
  }

  /// `*.npz` and `*.npy`, as arrays and as key statistics.
  static let npz = FuzzedReader("npz", .bytes) { bytes, directory in
    let url = try write(bytes, "m_float32_mom2_10.npz", in: directory)
    if bytes.starts(with: [0x93]) { return try readElements(NumpyArray(contentsOf: url)) }
    let file = try NpzFile(contentsOf: url)
    for name in file.names { try readElements(file.array(name)) }
    guard file.names.contains("mom2.mom2") else { return }
    _ = try StatisticsDirectory.find(layerNames: ["m"], below: directory, keyWidth: 2)
  }

  private static func readElements(_ array: NumpyArray) throws {
    let count = array.shape.reduce(1, &*)
    try inOneWay([
      { try promise(array.floats().count == count, "floats of another number") },
      { try promise(array.doubles().count == count, "doubles of another number") },
      { try promise(array.integers().count == count, "integers of another number") },
      { _ = try array.text() },
    ])
  }

  /// Writes an input to where its reader expects it, over the one before.
  @discardableResult
  static func write(_ bytes: [UInt8], _ name: String, in directory: URL) throws -> URL {
    let url = directory.appendingPathComponent(name)
    do { try Data(bytes).write(to: url) } catch {
      throw BrokenPromise("\(url.path) cannot be written: \(error)")
    }
    return url
  }
}
