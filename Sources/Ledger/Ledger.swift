import Foundation
import GRDB

/// The record of all edits of a checkpoint, from which its weights can be made again: an SQLite file beside them.
///
/// ```swift
/// let ledger = try Ledger(contentsOf: checkpoint.appendingPathComponent(Ledger.fileName))
/// for fact in try ledger.facts() where fact.removedBy == nil { print(fact.id, fact.prompt, fact.target) }
/// ```
///
/// A ledger beside a checkpoint is only ever read: every change of it is made to a copy, which takes its place together with the
/// weights it describes. Readers therefore see one state from beginning to end, whatever is written meanwhile.
public struct Ledger: Sendable {
  /// Its name in a checkpoint's directory.
  public static let fileName = "ledger.sqlite"

  /// The file.
  public let url: URL
  let queue: DatabaseQueue

  /// The ledger in a checkpoint's directory, for reading; nil where there is none.
  ///
  /// - Throws: ``LedgerError/unreadable(file:reason:)``.
  public init?(besideCheckpoint directory: URL) throws(LedgerError) {
    let url = directory.appendingPathComponent(Self.fileName)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    try self.init(contentsOf: url)
  }

  /// Opens a ledger for reading.
  ///
  /// - Throws: ``LedgerError/unreadable(file:reason:)``.
  public init(contentsOf url: URL) throws(LedgerError) {
    try Self.checkHeader(of: url)
    var configuration = Configuration()
    configuration.readonly = true
    self.url = url
    do { queue = try DatabaseQueue(path: url.path, configuration: configuration) } catch {
      throw .unreadable(file: url.path, reason: "\(error)")
    }
    let (application, format) = try read { db in
      (
        try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      )
    }
    guard application == Self.applicationID else {
      throw .unreadable(file: url.path, reason: "it is no ledger of this program")
    }
    guard format == Self.formatVersion else {
      throw .unreadable(
        file: url.path,
        reason: "its format is \(format), this version of the program knows \(Self.formatVersion)")
    }
    try checkSchema()
  }

  private init(writing url: URL, _ prepare: (Database) throws -> Void) throws(LedgerError) {
    var configuration = Configuration()
    // The file is a copy that nobody sees before it is complete: all care is taken when it is put in its place.
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON")
    }
    self.url = url
    do {
      queue = try DatabaseQueue(path: url.path, configuration: configuration)
      try queue.write(prepare)
    } catch {
      throw .unwritable(file: url.path, reason: "\(error)")
    }
  }

  /// Creates a ledger without entries.
  ///
  /// - Throws: ``LedgerError/unwritable(file:reason:)``.
  public static func create(at url: URL, base: LedgerBase) throws(LedgerError) -> Ledger {
    try Ledger(writing: url) { db in
      try createTables(db)
      try insert(base, db)
    }
  }

  /// A copy of this ledger in another place, for writing.
  ///
  /// - Throws: ``LedgerError/unwritable(file:reason:)``.
  public func copy(to other: URL) throws(LedgerError) -> Ledger {
    do { try FileManager.default.copyItem(at: url, to: other) } catch {
      throw .unwritable(file: other.path, reason: error.localizedDescription)
    }
    return try Ledger(writing: other) { _ in }
  }

  /// Ends writing: nothing is left in memory, and the file holds no more than its entries take.
  ///
  /// - Throws: ``LedgerError/unwritable(file:reason:)``.
  public func finish() throws(LedgerError) {
    do {
      try queue.writeWithoutTransaction { db in try db.execute(sql: "VACUUM") }
      try queue.close()
    } catch {
      throw .unwritable(file: url.path, reason: "\(error)")
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
    do { return try queue.read(body) } catch let error as LedgerError { throw error } catch {
      throw .unreadable(file: url.path, reason: "\(error)")
    }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
    do { return try queue.write(body) } catch let error as LedgerError { throw error } catch {
      throw .unwritable(file: url.path, reason: "\(error)")
    }
  }

  /// The rows of a query, each read by `convert`.
  func rows<Value>(
    _ sql: String, _ arguments: StatementArguments = [], _ convert: (inout RowReader) throws -> Value
  ) throws(LedgerError) -> [Value] {
    let file = url.path
    return try read { db in
      var values: [Value] = []
      let cursor = try Row.fetchCursor(db, sql: sql, arguments: arguments)
      while let row = try cursor.next() {
        var reader = RowReader(row, file: file)
        values.append(try convert(&reader))
      }
      return values
    }
  }
}
