import Foundation
import StrictJSON

/// A tensor's bytes for writing: calls the closure it is given with one piece after the other, in row-major order and
/// little-endian.
public typealias TensorContents = (_ emit: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

/// A tensor to be written.
public struct NewTensor {
  /// Its name.
  public var name: String
  /// The type of its elements.
  public var dtype: StoredType
  /// Its dimensions; none for a scalar.
  public var shape: [Int]
  /// Its bytes; asked for once, when they are written.
  public var contents: TensorContents

  /// A tensor whose bytes are produced when they are needed.
  public init(name: String, dtype: StoredType, shape: [Int], contents: @escaping TensorContents) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.contents = contents
  }

  /// A tensor whose bytes are at hand.
  public init(name: String, dtype: StoredType, shape: [Int], bytes: [UInt8]) {
    self.init(name: name, dtype: dtype, shape: shape) { emit in try bytes.withUnsafeBytes(emit) }
  }

  /// A float32 vector or matrix whose elements are at hand.
  public init(name: String, shape: [Int], floats: [Float]) {
    self.init(
      name: name, dtype: .float32, shape: shape,
      bytes: floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
  }
}

/// Writes new safetensors files.
public enum SafetensorsWriter {
  /// Writes a file with these tensors in this order, whole or not at all (see ``AtomicFile``).
  ///
  /// One tensor's bytes are asked for at a time and not kept. The header is padded with spaces so that the data begins
  /// at a multiple of eight; tensors in order of falling element size are all aligned.
  ///
  /// - Parameters:
  ///   - tensors: the tensors, with different names.
  ///   - metadata: free-form strings for `__metadata__`; programs expect `("format", "pt")`.
  ///   - url: the file.
  ///   - overwrite: whether an existing file may be replaced.
  /// - Returns: the hash of the file.
  /// - Throws: ``CheckpointError``, and whatever `contents` throw.
  @discardableResult
  public static func write(
    _ tensors: [NewTensor], metadata: [(key: String, value: String)] = [("format", "pt")], to url: URL,
    overwrite: Bool = false
  ) throws -> ContentHash {
    let header = try header(tensors, metadata: metadata, path: url.path)
    return try AtomicFile.write(to: url, overwrite: overwrite) { file in
      try file.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
      try file.write(header)
      for tensor in tensors {
        guard let expected = tensor.dtype.byteCount(shape: tensor.shape) else { continue }
        try file.write(tensor.contents, expecting: expected, of: tensor.name, for: url.path)
      }
    }
  }

  private static func header(
    _ tensors: [NewTensor], metadata: [(key: String, value: String)], path: String
  ) throws(CheckpointError) -> [UInt8] {
    var members: [JSONObject.Member] = []
    if !metadata.isEmpty {
      let strings = metadata.map { (key: JSONString($0.key), value: JSON($0.value)) }
      members.append((JSONString("__metadata__"), .object(JSONObject(strings))))
    }
    var names: Set<[UInt8]> = []
    var offset = 0
    for tensor in tensors {
      guard tensor.name != "__metadata__", names.insert(Array(tensor.name.utf8)).inserted else {
        throw CheckpointError(
          .malformedTensor(tensor.name), file: path, "the tensor name “\(tensor.name)” is taken already.")
      }
      guard let count = tensor.dtype.byteCount(shape: tensor.shape) else {
        throw CheckpointError(
          .malformedTensor(tensor.name), file: path,
          "cannot write tensor “\(tensor.name)”: shape \(tensor.shape) of \(tensor.dtype.rawValue) takes too many "
            + "bytes, or not a whole number of them.")
      }
      let (end, overflow) = offset.addingReportingOverflow(count)
      guard !overflow else {
        throw CheckpointError(.malformedTensor(tensor.name), file: path, "the tensors take too many bytes.")
      }
      members.append(
        (
          JSONString(tensor.name),
          [
            "dtype": JSON(tensor.dtype.rawValue), "shape": JSON(tensor.shape.map { JSON($0) }),
            "data_offsets": [JSON(offset), JSON(end)],
          ]
        ))
      offset = end
    }
    var header = JSON.object(JSONObject(members)).serialized()
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    guard header.count <= SafetensorsFile.headerLimit else {
      throw CheckpointError(.malformed, file: path, "the names and metadata take more than 100 MB.")
    }
    return header
  }
}

extension OutputFile {
  /// Writes a tensor's bytes, which must be `expected` in number.
  mutating func write(
    _ contents: TensorContents, expecting expected: Int, of name: String, for path: String
  ) throws {
    var remaining = expected
    func wrongSize(_ comparison: String) -> CheckpointError {
      CheckpointError(
        .wrongTensorSize(name), file: path,
        "\(comparison) than the \(expected) bytes of tensor “\(name)” were given to be written.")
    }
    try contents { piece in
      guard piece.count <= remaining else { throw wrongSize("more") }
      remaining -= piece.count
      try write(piece)
    }
    guard remaining == 0 else { throw wrongSize("fewer") }
  }
}
