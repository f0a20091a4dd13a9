@testable import Checkpoints
import Foundation
import TestSupport

/// A small sharded checkpoint in `source/`, with what surrounds weights in real ones.
struct EditingSource {
  static let first = "model-00001-of-00002.safetensors"
  static let second = "model-00002-of-00002.safetensors"

  let directory: TemporaryDirectory
  var url: URL { directory.url.appendingPathComponent("source") }
  var destination: URL { directory.url.appendingPathComponent("edited") }

  init(in directory: TemporaryDirectory) throws {
    self.directory = directory
    let bias = #""__metadata__":{"format":"pt"},"bias":{"dtype":"F16","shape":[3],"data_offsets":[8,14]}"#
    let weight = #""weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}"#
    try directory.write("source/\(Self.first)", safetensors("{\(bias),\(weight)}   ") + Array(1...14))
    let head = #"{"head":{"dtype":"U8","shape":[2000000],"data_offsets":[0,2000000]}}"#
    try directory.write("source/\(Self.second)", safetensors(head, data: 2_000_000, fill: 9))
    try directory.write(
      "source/model.safetensors.index.json",
      #"{"weight_map": {"bias": "\#(Self.first)", "weight": "\#(Self.first)", "head": "\#(Self.second)"}}"#)
    try directory.write("source/config.json", #"{ "model_type":"gpt2" }"#)
    try directory.write("source/tokenizer.json", "{}")
    try directory.write("source/alphaedit.json", "an earlier edit")
  }

  func edit() throws -> EditedCheckpoint { EditedCheckpoint(of: try Checkpoint(directory: url)) }

  /// A record that lists every file with its hash, one a line.
  static func record(_ written: WrittenCheckpoint) -> [UInt8] {
    Array(written.files.map { "\($0.hash) \($0.name)" }.joined(separator: "\n").utf8)
  }

  /// Whether the directory holds exactly the files that its record lists, with those hashes.
  static func isWhole(_ directory: URL) throws -> Bool {
    let record = try String(contentsOf: directory.appendingPathComponent("alphaedit.json"), encoding: .utf8)
    var listed: Set = ["alphaedit.json"]
    for line in record.split(separator: "\n") {
      let parts = line.split(separator: " ")
      listed.insert(String(parts[1]))
      let bytes = try Data(contentsOf: directory.appendingPathComponent(String(parts[1])))
      guard ContentHash(of: bytes).hex == parts[0] else { return false }
    }
    return try Set(FileManager.default.contentsOfDirectory(atPath: directory.path)) == listed
  }
}
