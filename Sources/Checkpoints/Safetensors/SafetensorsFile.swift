import Foundation

/// A safetensors file, mapped into memory.
///
/// ```swift
/// let file = try SafetensorsFile(contentsOf: url)
/// for tensor in file.tensors { print(tensor.name, tensor.dtype, tensor.shape) }
/// if let weight = file["lm_head.weight"] { try weight.withBytes { … } }
/// ```
///
/// Opening reads and checks the header alone, so it costs the same for any amount of data. The format: eight bytes
/// of header length, little-endian; the header, a JSON object that begins with `{` and may end in spaces; the
/// tensors' bytes, which fill the rest without gap or overlap.
public final class SafetensorsFile: Sendable {
  /// The longest header accepted, as in the format's reference implementation.
  public static let headerLimit = 100_000_000

  /// The mapped file.
  public let file: MappedFile
  /// The tensors in the order of their bytes in the file.
  public let tensors: [TensorInfo]
  /// The free-form strings under `__metadata__`, in file order.
  public let metadata: [(key: String, value: String)]
  /// Where the tensors' bytes begin, as an offset from the beginning of the file.
  public let dataStart: Int
  private let positions: [[UInt8]: Int]

  /// Opens the file at `url`.
  ///
  /// - Throws: ``CheckpointError`` naming the file and the tensor or offset that breaks the format.
  public init(contentsOf url: URL) throws(CheckpointError) {
    let file = try MappedFile(contentsOf: url)
    let header = try SafetensorsHeader(of: file)
    self.file = file
    self.tensors = header.tensors
    self.metadata = header.metadata
    self.dataStart = header.dataStart
    var positions: [[UInt8]: Int] = [:]
    for (position, tensor) in header.tensors.enumerated() { positions[Array(tensor.name.utf8)] = position }
    self.positions = positions
  }

  /// The file's location.
  public var url: URL { file.url }

  /// The tensor of this name, compared byte for byte.
  public subscript(name: String) -> MappedTensor? {
    positions[Array(name.utf8)].map { MappedTensor(info: tensors[$0], file: file) }
  }

  /// Throws if the file was cut short or written to since it was opened.
  public func checkNotTruncated() throws(CheckpointError) { try file.checkUnchanged() }
}
