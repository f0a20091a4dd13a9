extension String {
  /// Whether this names a file of the directory that it is looked up in, and of no other: it is neither a path nor empty.
  package var isPlainFileName: Bool {
    !isEmpty && self != "." && self != ".." && !utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }
}
