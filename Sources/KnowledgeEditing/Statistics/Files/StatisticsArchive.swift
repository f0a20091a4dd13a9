import Checkpoints
import Foundation
import Torch

/// The contents of a file of statistics: arrays in NumPy's `.npz` format, with the names that the published
/// implementation gives them.
enum StatisticsArchive {
  private static let constructor = "mom2.constructor"
  private static let count = "mom2.count"
  private static let sum = "mom2.mom2"
  private static let sampleSize = "sample_size"
  static let note = "alphaedit.note"
  private static let units = "units"
  private static let unitCount = "count"
  /// What the published implementation's `None` becomes in a file.
  private static let none = Double(bitPattern: 0xFFF8_0000_0000_0002)

  /// Reads published statistics.
  ///
  /// - Throws: ``StatisticsError`` where the contents are something else or do not fit `keyWidth`, `CheckpointError`
  ///   where they are damaged.
  static func read(_ url: URL, layerName: String, keyWidth: Int) throws -> KeyStatistics {
    try readWithNote(url, layerName: layerName, keyWidth: keyWidth).statistics
  }

  /// Reads published statistics, and the text that this program may have put beside them.
  static func readWithNote(
    _ url: URL, layerName: String, keyWidth: Int
  ) throws -> (statistics: KeyStatistics, note: String?) {
    let file = try NpzFile(contentsOf: url)
    let constructor = try file.array(constructor).text()
    guard constructor.contains("SecondMoment") else {
      throw StatisticsError.refused(file: url.path, reason: "it holds \(constructor), not a second moment.")
    }
    let sum = try matrix(
      file, sum, width: keyWidth, [(.float32, .float32), (.float64, .float64), (.float16, .float16)])
    let statistics = try KeyStatistics(
      layerName: layerName, sum: sum, count: wholeNumber(file, count), sampleSize: sampleSize(file))
    return (statistics, file.names.contains(note) ? try file.array(note).text() : nil)
  }

  /// Writes statistics as the published implementation does.
  ///
  /// - Parameter note: a text to put beside them
  /// - Returns: the file's hash
  @discardableResult
  static func write(
    _ statistics: KeyStatistics, note text: String? = nil, to url: URL, overwrite: Bool
  ) throws -> ContentHash {
    let total = try statistics.sum()
    var arrays = [
      NewNumpyArray(name: constructor, "util.runningstats.SecondMoment()"),
      NewNumpyArray(name: count, statistics.count),
      NewNumpyArray(name: sum, type: .float32, shape: total.shape) {
        try total.withBytes($0)
      },
      statistics.sampleSize.map { NewNumpyArray(name: sampleSize, $0) }
        ?? NewNumpyArray(name: sampleSize, none),
    ]
    if let text { arrays.append(NewNumpyArray(name: note, text)) }
    return try NpzWriter.write(arrays, to: url, overwrite: overwrite)
  }

  /// Reads the sum of a shard.
  static func readExactSum(_ url: URL, keyWidth: Int) throws -> ExactSum {
    let file = try NpzFile(contentsOf: url)
    let count = try wholeNumber(file, unitCount)
    guard count >= 0 else {
      throw StatisticsError.refused(file: url.path, reason: "it counts \(count) tokens.")
    }
    return try ExactSum(units: matrix(file, units, width: keyWidth, [(.int64, .int64)]), count: count)
  }

  /// Writes the sum of a shard.
  static func write(_ sum: ExactSum, to url: URL, overwrite: Bool) throws -> ContentHash {
    let units = try sum.units.to(.cpu)
    return try NpzWriter.write(
      [
        NewNumpyArray(name: unitCount, sum.count),
        NewNumpyArray(name: Self.units, type: .int64, shape: units.shape) { try units.withBytes($0) },
      ], to: url, overwrite: overwrite)
  }

  private static func matrix(
    _ file: NpzFile, _ name: String, width: Int, _ types: [(NumpyType, DType)]
  ) throws -> Tensor {
    func refused(_ reason: String) -> StatisticsError { .refused(file: file.url.path, reason: reason) }
    let array = try file.array(name)
    guard array.shape.count == 2, array.shape[0] == array.shape[1] else {
      throw refused("“\(name)” has shape \(array.shape), which is not that of a square matrix.")
    }
    guard array.shape[0] == width else {
      throw refused(
        "its keys are \(array.shape[0]) wide and this model's \(width): it belongs to another model.")
    }
    guard let dtype = types.first(where: { $0.0 == array.type })?.1 else {
      throw refused("“\(name)” holds elements of type \(array.type), which are not used for it.")
    }
    let stored = try array.withBytes { try Tensor.copying($0, shape: array.shape, dtype: dtype) }
    return array.isFortranOrder ? try stored.transposed().contiguous() : stored
  }

  private static func wholeNumber(_ file: NpzFile, _ name: String) throws -> Int {
    let values = try file.array(name).integers()
    guard let value = values.first, values.count == 1 else {
      throw StatisticsError.refused(
        file: file.url.path, reason: "“\(name)” holds \(values.count) numbers instead of one.")
    }
    return value
  }

  /// nil for the whole corpus, which is stored as NaN.
  private static func sampleSize(_ file: NpzFile) throws -> Int? {
    let array = try file.array(sampleSize)
    if array.type == .float64, let value = try array.doubles().first, value.isNaN { return nil }
    let size = try wholeNumber(file, sampleSize)
    guard size > 0 else {
      throw StatisticsError.refused(file: file.url.path, reason: "“\(sampleSize)” is \(size).")
    }
    return size
  }
}
