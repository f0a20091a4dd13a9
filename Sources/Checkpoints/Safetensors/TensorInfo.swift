/// The description of one tensor of a safetensors file.
public struct TensorInfo: Sendable, Equatable {
  /// The tensor's name, exactly as the file spells it.
  public var name: String
  /// The type of its elements.
  public var dtype: StoredType
  /// Its dimensions; none for a scalar. Elements lie in row-major order.
  public var shape: [Int]
  /// Where its bytes are, as offsets from the beginning of the file.
  public var byteRange: Range<Int>

  /// The number of elements.
  public var elementCount: Int { byteRange.count * 8 / dtype.bits }
}

/// A tensor's bytes in a mapped file, without a copy.
///
/// The memory is valid for as long as ``owner`` lives: a program that borrows it keeps a reference to that.
public struct MappedTensor: Sendable {
  /// The tensor's description.
  public let info: TensorInfo
  /// The file that holds it.
  public let file: MappedFile

  /// The tensor's name.
  public var name: String { info.name }
  /// The type of its elements.
  public var dtype: StoredType { info.dtype }
  /// Its dimensions.
  public var shape: [Int] { info.shape }
  /// What keeps the memory mapped.
  public var owner: AnyObject { file }

  /// The tensor's elements in row-major order, little-endian.
  ///
  /// After reading from them, ``MappedFile/checkUnchanged()`` of ``file`` tells whether they were the file's.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[info.byteRange])
  }

  /// Whether the elements lie at addresses that their type allows; files need not see to that.
  public var isAligned: Bool {
    Int(bitPattern: bytes.baseAddress) % info.dtype.alignment == 0
  }

  /// Runs `body` on the elements' bytes, and throws afterwards if they were not the file's.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    try file.withBytes(in: info.byteRange, body)
  }
}
