import Foundation
import GRDB

/// What is looked at before a file is taken for a ledger, since whoever made it may have made it to do harm.
extension Ledger {
  /// Throws unless the file begins as an SQLite database does that is complete in itself.
  ///
  /// To open one that shares its contents with a write-ahead log, SQLite would write beside it.
  static func checkHeader(of url: URL) throws(LedgerError) {
    let header: Data
    do {
      let file = try FileHandle(forReadingFrom: url)
      defer { try? file.close() }
      header = try file.read(upToCount: 100) ?? Data()
    } catch {
      throw .unreadable(file: url.path, reason: error.localizedDescription)
    }
    guard header.count == 100, header.starts(with: Data("SQLite format 3\0".utf8)) else {
      throw .unreadable(file: url.path, reason: "it is no SQLite database")
    }
    guard header[18] == 1, header[19] == 1 else {
      throw .unreadable(file: url.path, reason: "it needs a write-ahead log, which no ledger has")
    }
  }

  /// Throws unless the file holds the tables of a ledger and nothing else, and what its rows refer to.
  ///
  /// A view in the place of a table, or a trigger, is a program that would run whenever the ledger is used.
  func checkSchema() throws(LedgerError) {
    let expected: [String]
    do {
      expected = try DatabaseQueue().write { db in
        try Self.createTables(db)
        return try Self.schema(db)
      }
    } catch {
      throw .unreadable(file: url.path, reason: "\(error)")
    }
    guard try read(Self.schema) == expected else {
      throw .unreadable(file: url.path, reason: "its tables are not those of a ledger")
    }
    let strays = try rows("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1") { try $0.text() }
    if let table = strays.first {
      throw .inconsistent(file: url.path, reason: "a row of “\(table)” refers to one that is not there")
    }
  }

  /// Everything that a database declares, sorted.
  private static func schema(_ db: Database) throws -> [String] {
    try Row.fetchAll(db, sql: "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema")
      .map { row in row.databaseValues.map { String.fromDatabaseValue($0) ?? "" }.joined(separator: "\u{0}") }
      .sorted()
  }
}
