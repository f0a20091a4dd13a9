import Foundation

/// The stream for progress, warnings and errors.
enum StandardError {
  /// Whether a person is watching.
  static var isTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// The stream for results.
enum StandardOutput {
  static func write(_ text: String) { write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) { FileHandle.standardOutput.write(Data(bytes)) }
}
