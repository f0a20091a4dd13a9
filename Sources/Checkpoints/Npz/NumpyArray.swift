import Foundation

/// A numpy array: of a `.npy` file, or a member of a `.npz` file.
///
/// The elements of a `.npy` file or of an uncompressed member stay in the mapped file; a compressed member's are
/// inflated into memory of their own. Either is released with the last copy of the value.
public struct NumpyArray: Sendable {
  /// The type of the elements.
  public let type: NumpyType
  /// The dimensions; none for a single value.
  public let shape: [Int]
  /// Whether the first index varies fastest in memory, instead of the last.
  public let isFortranOrder: Bool
  /// The file and member, for messages.
  let place: String
  private let storage: any ByteStorage
  nonisolated(unsafe) private let elements: UnsafeRawBufferPointer

  /// Reads the `.npy` file at `url`.
  ///
  /// - Throws: ``CheckpointError``.
  public init(contentsOf url: URL) throws(CheckpointError) {
    let file = try MappedFile(contentsOf: url)
    try self.init(file, range: 0..<file.count, place: url.path)
  }

  init(_ storage: any ByteStorage, range: Range<Int>, place: String) throws(CheckpointError) {
    let bytes = UnsafeRawBufferPointer(rebasing: storage.bytes[range])
    let header = try NumpyHeader(bytes, place: place)
    try storage.checkUnchanged()
    guard let expected = header.dataByteCount, expected == bytes.count - header.byteCount else {
      throw CheckpointError(
        .malformed, file: place,
        "an array of shape \(header.shape) and type \(header.type) does not take the "
          + "\(bytes.count - header.byteCount) bytes that follow its header.")
    }
    self.type = header.type
    self.shape = header.shape
    self.isFortranOrder = header.isFortranOrder
    self.place = place
    self.storage = storage
    self.elements = UnsafeRawBufferPointer(rebasing: bytes[header.byteCount...])
  }

  /// The number of elements.
  public var count: Int { type.size == 0 ? 0 : elements.count / type.size }

  /// Runs `body` on the elements' bytes in the order of the file, and throws afterwards if the file changed.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let result = try body(elements)
    try storage.checkUnchanged()
    return result
  }

  /// The elements in row-major order, as `Float`; from float16, float32 or float64.
  public func floats() throws(CheckpointError) -> [Float] {
    switch type {
    case .float32: try rowMajor(Float.self)
    case .float64: try rowMajor(Double.self).map { Float($0) }
    #if !(os(macOS) && arch(x86_64))
      case .float16: try rowMajor(Float16.self).map { Float($0) }
    #endif
    default: throw unexpected("numbers with a fraction")
    }
  }

  /// The elements in row-major order, as `Double`; from any type of number.
  public func doubles() throws(CheckpointError) -> [Double] {
    switch type {
    case .float64: try rowMajor(Double.self)
    case .int32: try rowMajor(Int32.self).map { Double($0) }
    case .int64: try rowMajor(Int64.self).map { Double($0) }
    default: try floats().map { Double($0) }
    }
  }

  /// The elements in row-major order, as whole numbers; from int32, int64 or bool.
  public func integers() throws(CheckpointError) -> [Int] {
    switch type {
    case .int64: try rowMajor(Int64.self).map { Int($0) }
    case .int32: try rowMajor(Int32.self).map { Int($0) }
    case .bool: try rowMajor(UInt8.self).map { $0 == 0 ? 0 : 1 }
    default: throw unexpected("whole numbers")
    }
  }

  /// The text of an array that is one text.
  public func text() throws(CheckpointError) -> String {
    guard case .text(let scalars) = type, shape.isEmpty else { throw unexpected("one text") }
    let values = try load(UInt32.self, count: scalars)
    var text = String.UnicodeScalarView()
    for value in values.prefix(while: { $0 != 0 }) {
      guard let scalar = Unicode.Scalar(value) else { throw unexpected("valid Unicode text") }
      text.append(scalar)
    }
    return String(text)
  }

  private func unexpected(_ wanted: String) -> CheckpointError {
    CheckpointError(.malformed, file: place, "it holds \(type) of shape \(shape), not \(wanted).")
  }

  private func load<Element>(_: Element.Type, count: Int) throws(CheckpointError) -> [Element] {
    let size = MemoryLayout<Element>.size
    let values = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: elements.prefix(count * size)))
      initialized = count
    }
    try storage.checkUnchanged()
    return values
  }

  private func rowMajor<Element>(_: Element.Type) throws(CheckpointError) -> [Element] {
    let stored = try load(Element.self, count: count)
    guard isFortranOrder, shape.count > 1 else { return stored }
    var strides: [Int] = []
    var stride = 1
    for dimension in shape {
      strides.append(stride)
      stride *= dimension
    }
    var index = Array(repeating: 0, count: shape.count)
    var offset = 0
    var result: [Element] = []
    result.reserveCapacity(stored.count)
    for _ in stored.indices {
      result.append(stored[offset])
      for axis in shape.indices.reversed() {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}

/// Memory that holds an array's bytes.
protocol ByteStorage: AnyObject, Sendable {
  var bytes: UnsafeRawBufferPointer { get }
  /// Throws if the bytes read so far may not have been the right ones.
  func checkUnchanged() throws(CheckpointError)
}

extension MappedFile: ByteStorage {}
