import StrictJSON

/// The checked header of a safetensors file.
struct SafetensorsHeader {
  var tensors: [TensorInfo] = []
  var metadata: [(key: String, value: String)] = []
  let dataStart: Int
  private let path: String
  private let fileSize: Int

  init(of file: MappedFile) throws(CheckpointError) {
    path = file.url.path
    fileSize = file.count
    let text = try Self.text(of: file)
    dataStart = 8 + text.count
    for (key, value) in try Self.members(of: text, path: path) {
      if key.text == "__metadata__" {
        metadata = try Self.metadata(value, path: path)
      } else {
        tensors.append(try tensor(key.text, value))
      }
    }
    tensors.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    try checkCoverage()
  }

  private static func text(of file: MappedFile) throws(CheckpointError) -> [UInt8] {
    let path = file.url.path
    guard file.count >= 8 else {
      throw CheckpointError(
        .truncated, file: path,
        "a safetensors file has at least 8 bytes, this one has \(file.count). Download or copy it again.")
    }
    let length = UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
    guard length > 0 else {
      throw CheckpointError(.malformed, file: path, "the header length at offset 0 is 0.")
    }
    guard length <= UInt64(SafetensorsFile.headerLimit) else {
      throw CheckpointError(
        .malformed, file: path,
        "the header length at offset 0 is \(length), more than the limit of \(SafetensorsFile.headerLimit); "
          + "this is not a safetensors file.")
    }
    guard Int(length) <= file.count - 8 else {
      throw CheckpointError(
        .truncated, file: path,
        "the header takes \(length) bytes, but only \(file.count - 8) follow its length. "
          + "Download or copy the file again.")
    }
    // Copied, so that the parser reads the same bytes throughout even if the file changes under it.
    let text = [UInt8](file.bytes[8..<8 + Int(length)])
    try file.checkUnchanged()
    guard text.first == UInt8(ascii: "{") else {
      throw CheckpointError(.malformed, file: path, "the header at offset 8 does not begin with “{”.")
    }
    return text
  }

  private static func members(of text: [UInt8], path: String) throws(CheckpointError) -> [JSONObject.Member] {
    do {
      return try JSON.parse(text, maximumDepth: 8, duplicateKeys: .reject).object?.members ?? []
    } catch {
      throw CheckpointError(
        .malformed, file: path, "the header is not valid JSON: \(error.reason) (offset \(8 + error.offset)).")
    }
  }

  private static func metadata(
    _ value: JSON, path: String
  ) throws(CheckpointError) -> [(key: String, value: String)] {
    guard let object = value.object else {
      throw CheckpointError(
        .malformed, file: path, "“__metadata__” is \(value.kind), not an object of strings.")
    }
    var metadata: [(key: String, value: String)] = []
    for (key, value) in object.members {
      guard let string = value.string else {
        throw CheckpointError(
          .malformed, file: path, "“\(key.text)” of “__metadata__” is \(value.kind), not a string.")
      }
      metadata.append((key.text, string))
    }
    return metadata
  }

  private func tensor(_ name: String, _ value: JSON) throws(CheckpointError) -> TensorInfo {
    func malformed(_ reason: String) -> CheckpointError {
      CheckpointError(.malformedTensor(name), file: path, "tensor “\(name)”: \(reason)")
    }
    guard let entry = value.object else {
      throw malformed("its description is \(value.kind), not an object.")
    }
    guard let typeName = entry["dtype"]?.string else { throw malformed("it has no “dtype”.") }
    guard let dtype = StoredType(rawValue: typeName) else { throw malformed("unknown dtype “\(typeName)”.") }
    guard let dimensions = entry["shape"]?.array else { throw malformed("it has no “shape” list.") }
    var shape: [Int] = []
    for dimension in dimensions {
      // The format's own reader takes neither 1e3 nor 2.0, and a file that only some programs read is not written well.
      guard let count = dimension.naturalNumber else {
        throw malformed(
          "its shape holds something else than whole numbers from 0 to 2⁶³−1, written as digits.")
      }
      shape.append(count)
    }
    guard let offsets = entry["data_offsets"]?.array, offsets.count == 2,
      let begin = offsets[0].naturalNumber, let end = offsets[1].naturalNumber
    else {
      throw malformed("its “data_offsets” are not two whole numbers from 0 to 2⁶³−1, written as digits.")
    }
    guard begin <= end else { throw malformed("its data begins at \(begin), after its end at \(end).") }
    guard let size = dtype.byteCount(shape: shape) else {
      throw malformed("shape \(shape) of \(typeName) takes too many bytes, or not a whole number of them.")
    }
    guard end - begin == size else {
      throw malformed(
        "shape \(shape) of \(typeName) takes \(size) bytes, but its data_offsets span \(end - begin).")
    }
    let available = fileSize - dataStart
    guard end <= available else {
      throw CheckpointError(
        .truncated, file: path,
        "tensor “\(name)” ends at data offset \(end), but the file holds \(available) bytes of data. "
          + "Download or copy the file again.")
    }
    return TensorInfo(name: name, dtype: dtype, shape: shape, byteRange: dataStart + begin..<dataStart + end)
  }

  /// The tensors, in the order of their data, leave no byte out and share none.
  private func checkCoverage() throws(CheckpointError) {
    var end = dataStart
    for tensor in tensors {
      let begin = tensor.byteRange.lowerBound
      guard begin == end else {
        throw CheckpointError(
          .malformedTensor(tensor.name), file: path,
          "tensor “\(tensor.name)” begins at data offset \(begin - dataStart), "
            + (begin < end ? "inside" : "leaving a gap after")
            + " the one before it, which ends at \(end - dataStart).")
      }
      end = tensor.byteRange.upperBound
    }
    guard end == fileSize else {
      throw CheckpointError(
        .malformed, file: path, "\(fileSize - end) bytes follow the last tensor, which ends at offset \(end)."
      )
    }
  }
}
