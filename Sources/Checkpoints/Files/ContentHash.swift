import Crypto

/// The SHA-256 of some bytes.
public struct ContentHash: Sendable, Hashable, CustomStringConvertible {
  /// The 64 hexadecimal digits, lower-case, as `sha256sum` prints them.
  public let hex: String

  /// The hash of `bytes`.
  public init(of bytes: some Sequence<UInt8>) {
    var hasher = ContentHasher()
    hasher.update(bytes)
    self = hasher.finish()
  }

  /// The hash of memory, which is not copied.
  public init(of buffer: UnsafeRawBufferPointer) {
    var hasher = ContentHasher()
    hasher.update(buffer: buffer)
    self = hasher.finish()
  }

  init(digest: some Sequence<UInt8>) {
    hex = digest.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  /// The hexadecimal digits.
  public var description: String { hex }
}

/// SHA-256 of bytes that come in pieces.
public struct ContentHasher: Sendable {
  private var sha256 = SHA256()

  /// A hasher that has seen nothing.
  public init() {}

  /// Adds memory.
  public mutating func update(buffer: UnsafeRawBufferPointer) { sha256.update(bufferPointer: buffer) }

  /// Adds bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) { sha256.update(data: Array(bytes)) }

  /// Adds text, with its length before it so that neighbouring texts cannot run into each other.
  public mutating func update(field text: String) {
    update("\(text.utf8.count):".utf8)
    update(text.utf8)
  }

  /// The hash of everything added.
  public func finish() -> ContentHash { ContentHash(digest: sha256.finalize()) }
}
