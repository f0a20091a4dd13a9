import Checkpoints
import Foundation
import MadeUpWorld
import StrictJSON
import Torch

/// The bundled model's directory.
struct DemoFiles {
  let directory: URL

  /// Makes the directory, where it is not there.
  init(_ directory: URL) throws {
    self.directory = directory
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  /// Writes a JSON file.
  func write(_ json: JSON, to name: String) throws {
    try write(json.serialized(pretty: true) + [UInt8(ascii: "\n")], to: name)
  }

  /// Writes lines of text.
  func write(lines: [String], to name: String) throws {
    try write(lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }, to: name)
  }

  /// Writes the weights, rounded to bfloat16.
  func write(_ parameters: Parameters) throws {
    let tensors = parameters.leaves.map { name, tensor in
      NewTensor(name: name, dtype: .bfloat16, shape: tensor.shape) { emit in
        try tensor.detach().to(.bfloat16).withBytes(emit)
      }
    }
    try SafetensorsWriter.write(
      tensors, to: directory.appending(path: "model.safetensors"), overwrite: true)
  }

  private func write(_ bytes: [UInt8], to name: String) throws {
    try AtomicFile.write(bytes, to: directory.appending(path: name), overwrite: true)
  }
}
