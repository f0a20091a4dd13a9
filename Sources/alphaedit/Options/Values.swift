import ArgumentParser
import Foundation
import KnowledgeEditing
import Torch

extension Device: ExpressibleByArgument {
  /// Reads `cpu`, `cuda`, `cuda:1` or `mps`.
  public init?(argument: String) { self.init(argument) }

  /// The name that is read.
  public var defaultValueDescription: String { description }
}

/// The types that models compute in.
enum ComputeType: String, ExpressibleByArgument, CaseIterable {
  case float32, bfloat16

  var dtype: DType { self == .float32 ? .float32 : .bfloat16 }
}

/// An amount of memory: `8GB`, `512MB`, `1.5GiB` or a number of bytes.
struct ByteCount: ExpressibleByArgument, Equatable {
  let bytes: Int

  private static let units: [(suffix: String, size: Double)] = [
    ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
    ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("k", 1e3), ("m", 1e6), ("g", 1e9), ("t", 1e12),
    ("b", 1),
  ]

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let text = argument.lowercased().filter { $0 != " " }
    let unit = Self.units.first { text.hasSuffix($0.suffix) }
    guard let number = Double(text.dropLast(unit?.suffix.count ?? 0)), number.isFinite,
      let bytes = Int(exactly: (number * (unit?.size ?? 1)).rounded()), bytes > 0
    else { return nil }
    self.bytes = bytes
  }

  var defaultValueDescription: String { "\(decimal(Double(bytes) / 1e9, 1))GB" }
}

/// Numbers of blocks: `4,5,6` or `4-6`.
struct LayerList: ExpressibleByArgument, Equatable {
  let layers: [Int]

  private static let largest = 10_000

  init?(argument: String) {
    var layers: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
        0 <= first, last < Self.largest
      else { return nil }
      layers += Array(first...last)
    }
    self.layers = layers
  }
}

extension CorpusShard: ExpressibleByArgument {
  /// Reads `2/8`.
  public init?(argument: String) { self.init(argument) }
}

/// A path; `~` and relative ones go by the process's own directory, as in a shell.
struct FilePath: ExpressibleByArgument {
  let url: URL

  init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    url = URL(fileURLWithPath: argument)
  }

  static var defaultCompletionKind: CompletionKind { .file() }
}

extension EditingMethod: ExpressibleByArgument {
  /// The published names, and the same in small letters.
  public init?(argument: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue.lowercased() == argument.lowercased() }) else {
      return nil
    }
    self = known
  }

  /// All names, in words.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
