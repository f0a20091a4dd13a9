import Foundation
import GRDB

/// Reads the columns of a row one after the other, whatever types a damaged file gives them.
struct RowReader {
  private let values: [DatabaseValue]
  private var next = 0
  private let file: String

  init(_ row: Row, file: String) {
    values = Array(row.databaseValues)
    self.file = file
  }

  mutating func text() throws(LedgerError) -> String { try required("a text", String.fromDatabaseValue) }
  mutating func int() throws(LedgerError) -> Int { try required("a whole number", Int.fromDatabaseValue) }
  mutating func double() throws(LedgerError) -> Double { try required("a number", Double.fromDatabaseValue) }
  mutating func data() throws(LedgerError) -> Data { try required("bytes", Data.fromDatabaseValue) }

  mutating func optionalText() throws(LedgerError) -> String? { try isNull() ? skip() : text() }
  mutating func optionalInt() throws(LedgerError) -> Int? { try isNull() ? skip() : int() }
  mutating func optionalDouble() throws(LedgerError) -> Double? { try isNull() ? skip() : double() }

  /// A matrix from its rows, columns and bytes.
  mutating func matrix() throws(LedgerError) -> LedgerMatrix {
    let (rows, columns) = (try int(), try int())
    return try matrix(rows: rows, columns: columns)
  }

  /// A matrix of known shape from its bytes.
  mutating func matrix(rows: Int, columns: Int) throws(LedgerError) -> LedgerMatrix {
    guard let matrix = LedgerMatrix(rows: rows, columns: columns, bytes: try data()) else {
      throw .inconsistent(
        file: file, reason: "the bytes of a matrix are not those of \(rows) × \(columns) numbers")
    }
    return matrix
  }

  private func isNull() -> Bool { next < values.count && values[next].isNull }

  private mutating func skip<Value>() -> Value? {
    next += 1
    return nil
  }

  private mutating func required<Value>(
    _ kind: String, _ convert: (DatabaseValue) -> Value?
  ) throws(LedgerError) -> Value {
    guard next < values.count, let value = convert(values[next]) else {
      throw .inconsistent(file: file, reason: "column \(next + 1) of a row is not \(kind)")
    }
    next += 1
    return value
  }
}
