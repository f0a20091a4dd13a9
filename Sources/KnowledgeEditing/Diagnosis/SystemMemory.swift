import Foundation

/// The memory of this machine; that of the container in which the process runs where it has less.
struct SystemMemory {
  /// All of it, in bytes.
  let total: Int
  /// What programs could still take, in bytes; nil where the system does not tell.
  let available: Int?

  /// The memory at this moment.
  init() {
    let whole = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let free = Self.number(of: "MemAvailable", in: "/proc/meminfo").map { $0 * 1024 }
    guard let limit = Self.contents("memory.max").flatMap({ Int($0) }), limit < whole else {
      (total, available) = (whole, free)
      return
    }
    total = limit
    // What is kept of files that were read counts as used, and is given back when it is needed.
    let used = Self.contents("memory.current").flatMap { Int($0) } ?? 0
    let reclaimable = Self.number(of: "inactive_file", in: Self.group + "memory.stat") ?? 0
    available = min(free ?? limit, max(0, limit - used + reclaimable))
  }

  /// Where Linux tells the limits of the process's control group (version 2).
  private static let group = "/sys/fs/cgroup/"

  private static func contents(_ name: String) -> String? {
    try? String(contentsOfFile: group + name, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The number behind a name in a file of lines such as `MemAvailable:   812 kB`.
  private static func number(of name: String, in file: String) -> Int? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == ":" || $0 == "\t" }
      if words.count > 1, words[0] == name { return Int(words[1]) }
    }
    return nil
  }
}
