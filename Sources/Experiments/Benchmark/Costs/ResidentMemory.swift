import Foundation

/// How much memory the process has, as Linux counts it; 0 where the system does not tell.
enum ResidentMemory {
  /// The bytes in memory now, mapped files included.
  static var now: Int { bytes(of: "VmRSS:") }

  /// The most that was in memory at once since the process began, or since ``resetPeak()``.
  static var peak: Int { bytes(of: "VmHWM:") }

  /// Begins to count anew, where the system lets it.
  static func resetPeak() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  private static func bytes(of name: String) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kilobytes * 1024
  }
}
