import Foundation
import GRDB

extension Ledger {
  /// The most bytes of a tensor in one row: well below SQLite's limit for a value.
  private static let partSize = 64 << 20

  static func insert(_ base: LedgerBase, _ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO base VALUES (?, ?, ?)", arguments: [base.path, base.fingerprint, base.computeType])
    for tensor in base.tensors {
      try db.execute(
        sql: "INSERT INTO base_tensor VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          tensor.name, tensor.module, tensor.block, tensor.dtype,
          tensor.shape.map(String.init).joined(separator: ","), tensor.isTransposed ? 1 : 0, tensor.sha256,
        ])
    }
  }

  /// Keeps the bytes of a tensor of the base, for the case that the base itself will be gone.
  public func keepBase(_ tensor: String, bytes: Data) throws(LedgerError) {
    try write { db in
      for (part, start) in stride(from: 0, to: bytes.count, by: Self.partSize).enumerated() {
        let piece = bytes.dropFirst(start).prefix(Self.partSize)
        try db.execute(
          sql: "INSERT INTO base_bytes VALUES (?, ?, ?)", arguments: [tensor, part, Data(piece)])
      }
    }
  }

  /// Adds a run; its steps follow.
  ///
  /// - Returns: its number.
  public func append(_ run: LedgerRun) throws(LedgerError) -> Int {
    try write { db in
      try db.execute(
        sql: "INSERT INTO run (time, author, record) VALUES (?, ?, ?)",
        arguments: [run.time, run.author, run.record])
      return Int(db.lastInsertedRowID)
    }
  }

  /// Adds a step.
  ///
  /// - Parameter weights: the SHA-256 of each edited tensor after it, by name.
  /// - Returns: its number.
  public func appendStep(
    _ kind: LedgerStep.Kind, run: Int, weights: [String: String]
  ) throws(LedgerError) -> Int {
    try write { db in
      try db.execute(
        sql: "INSERT INTO step (run, kind) VALUES (?, ?)", arguments: [run, kind.rawValue])
      let step = Int(db.lastInsertedRowID)
      for (tensor, hash) in weights.sorted(by: { $0.key < $1.key }) {
        try db.execute(sql: "INSERT INTO weight VALUES (?, ?, ?)", arguments: [step, tensor, hash])
      }
      return step
    }
  }

  /// Adds the facts of a batch that a step wrote, with their keys, target values and changes.
  ///
  /// - Parameters:
  ///   - targets: z of each fact, of float32 numbers; empty for methods without them.
  ///   - keys: [u, n] by block.
  /// - Returns: the facts' numbers.
  @discardableResult
  public func append(
    _ facts: [LedgerFact], targets: [Data], keys: [Int: LedgerMatrix], deltas: [LedgerDelta], step: Int
  ) throws(LedgerError) -> [Int] {
    try write { db in
      var ids: [Int] = []
      for (position, fact) in facts.enumerated() {
        let target: Data? = targets.indices.contains(position) ? targets[position] : nil
        try db.execute(
          sql: """
            INSERT INTO fact (step, position, name, source, subject, prompt, target, former, relation, said_before,
              target_before, former_before, said_after, target_after, former_after, target_value)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            step, position, fact.name, fact.source, fact.subject, fact.prompt, fact.target, fact.former,
            fact.relation, fact.before.isSaid ? 1 : 0, fact.before.target, fact.before.former,
            fact.after.isSaid ? 1 : 0, fact.after.target, fact.after.former,
            target,
          ])
        ids.append(Int(db.lastInsertedRowID))
      }
      for (block, matrix) in keys.sorted(by: { $0.key < $1.key }) {
        try db.execute(
          sql: "INSERT INTO batch_keys VALUES (?, ?, ?, ?, ?)",
          arguments: [step, block, matrix.rows, matrix.columns, matrix.bytes])
      }
      try Self.insert(deltas, ofBatch: step, madeBy: step, db)
      return ids
    }
  }

  /// Takes facts out: marks them, and gives batches new changes.
  ///
  /// - Parameters:
  ///   - facts: their numbers.
  ///   - changes: the batches that were solved again, and their changes now.
  ///   - step: the step that does it.
  public func takeOut(
    facts: [Int], changes: [(batch: Int, deltas: [LedgerDelta])], step: Int
  ) throws(LedgerError) {
    try write { db in
      for fact in facts {
        try db.execute(sql: "UPDATE fact SET removed_by = ? WHERE id = ?", arguments: [step, fact])
      }
      for change in changes {
        try db.execute(
          sql: "UPDATE revision SET superseded_by = ? WHERE batch = ? AND superseded_by IS NULL",
          arguments: [step, change.batch])
        try Self.insert(change.deltas, ofBatch: change.batch, madeBy: step, db)
      }
    }
  }

  /// Says which new facts took the places of which that were taken out.
  public func link(_ replacements: [(former: Int, new: Int)]) throws(LedgerError) {
    try write { db in
      for (former, new) in replacements {
        try db.execute(sql: "UPDATE fact SET replaced_by = ? WHERE id = ?", arguments: [new, former])
      }
    }
  }

  private static func insert(
    _ deltas: [LedgerDelta], ofBatch batch: Int, madeBy step: Int, _ db: Database
  ) throws {
    try db.execute(sql: "INSERT INTO revision (batch, made_by) VALUES (?, ?)", arguments: [batch, step])
    let revision = db.lastInsertedRowID
    for (place, delta) in deltas.enumerated() {
      try db.execute(
        sql: "INSERT INTO delta VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          revision, place, delta.block, delta.left.rows, delta.right.rows, delta.left.columns,
          delta.left.bytes, delta.right.bytes,
        ])
    }
  }

  /// Takes back the last steps, as if they had never been.
  ///
  /// - Throws: ``LedgerError/nothingToUndo(file:steps:asked:)`` where there are not as many.
  public func removeLast(_ count: Int) throws(LedgerError) {
    let steps = try steps()
    guard count >= 1, count <= steps.count else {
      throw .nothingToUndo(file: url.path, steps: steps.count, asked: count)
    }
    let first = steps[steps.count - count].id
    try write { db in
      for sql in [
        "UPDATE fact SET removed_by = NULL, replaced_by = NULL WHERE removed_by >= ?",
        "UPDATE revision SET superseded_by = NULL WHERE superseded_by >= ?",
        """
        DELETE FROM delta WHERE revision IN (SELECT id FROM revision WHERE made_by >= ?)
        """,
        "DELETE FROM revision WHERE made_by >= ?", "DELETE FROM batch_keys WHERE step >= ?",
        "DELETE FROM fact WHERE step >= ?", "DELETE FROM weight WHERE step >= ?",
        "DELETE FROM step WHERE id >= ?",
      ] {
        try db.execute(sql: sql, arguments: [first])
      }
      try db.execute(sql: "DELETE FROM run WHERE id NOT IN (SELECT run FROM step)")
    }
  }
}
