import Foundation
import GRDB

extension Ledger {
  /// The checkpoint that all changes start from.
  public func base() throws(LedgerError) -> LedgerBase {
    let file = url.path
    let tensors = try rows(
      "SELECT name, module, block, dtype, shape, is_transposed, sha256 FROM base_tensor ORDER BY block, name"
    ) { row in
      let (name, module, block) = (try row.text(), try row.text(), try row.int())
      let (dtype, shape) = (
        try row.text(), try row.text().split(separator: ",", omittingEmptySubsequences: false)
      )
      let sizes = shape.compactMap { Int($0) }
      guard (0..<LedgerBase.blockLimit).contains(block), sizes.count == shape.count,
        sizes.allSatisfy({ $0 >= 0 })
      else {
        throw LedgerError.inconsistent(
          file: file,
          reason: "the tensor “\(name)” is of block \(block) and shape \(shape.joined(separator: ","))")
      }
      return LedgerBase.Tensor(
        name: name, module: module, block: block, dtype: dtype, shape: sizes,
        isTransposed: try row.int() != 0, sha256: try row.text())
    }
    let bases = try rows("SELECT path, fingerprint, compute_type FROM base") { row in
      LedgerBase(
        path: try row.text(), fingerprint: try row.text(), computeType: try row.text(), tensors: tensors)
    }
    guard let base = bases.first, bases.count == 1 else {
      throw .inconsistent(file: url.path, reason: "it names \(bases.count) bases")
    }
    return base
  }

  /// Whether the ledger keeps the base's tensors itself.
  public func keepsBase() throws(LedgerError) -> Bool {
    try rows("SELECT EXISTS (SELECT 1 FROM base_bytes)") { try $0.int() }.first == 1
  }

  /// The bytes of a tensor of the base, where the ledger keeps them; nil where they are to be read from the base itself.
  public func baseBytes(of tensor: String) throws(LedgerError) -> Data? {
    let parts = try rows("SELECT bytes FROM base_bytes WHERE tensor = ? ORDER BY part", [tensor]) {
      try $0.data()
    }
    return parts.isEmpty ? nil : parts.reduce(into: Data()) { $0.append($1) }
  }

  /// All runs, in order.
  public func runs() throws(LedgerError) -> [LedgerRun] {
    try rows("SELECT id, time, author, record FROM run ORDER BY id") { row in
      LedgerRun(id: try row.int(), time: try row.text(), author: try row.text(), record: try row.text())
    }
  }

  /// All steps, in order.
  public func steps() throws(LedgerError) -> [LedgerStep] {
    var weights: [Int: [String: String]] = [:]
    for (step, tensor, hash) in try rows(
      "SELECT step, tensor, sha256 FROM weight", [],
      { row in
        (try row.int(), try row.text(), try row.text())
      })
    {
      weights[step, default: [:]][tensor] = hash
    }
    let file = url.path
    return try rows("SELECT id, run, kind FROM step ORDER BY id") { row in
      let (id, run, name) = (try row.int(), try row.int(), try row.text())
      guard let kind = LedgerStep.Kind(rawValue: name) else {
        throw LedgerError.inconsistent(file: file, reason: "step \(id) is of an unknown kind, “\(name)”")
      }
      return LedgerStep(id: id, run: run, kind: kind, weights: weights[id] ?? [:])
    }
  }

  /// All facts, also those taken out since, in the order they were written.
  public func facts() throws(LedgerError) -> [LedgerFact] {
    try rows(
      """
      SELECT id, step, position, name, source, subject, prompt, target, former, relation, said_before,
        target_before, former_before, said_after, target_after, former_after, removed_by, replaced_by
      FROM fact ORDER BY id
      """
    ) { row in
      let (id, step, position) = (try row.int(), try row.int(), try row.int())
      var fact = LedgerFact(
        name: try row.text(), source: try row.optionalText(), subject: try row.text(),
        prompt: try row.text(), target: try row.text(), former: try row.optionalText(),
        relation: try row.optionalText(), before: try Self.measure(&row), after: try Self.measure(&row))
      (fact.id, fact.step, fact.position) = (id, step, position)
      fact.removedBy = try row.optionalInt()
      fact.replacedBy = try row.optionalInt()
      return fact
    }
  }

  private static func measure(_ row: inout RowReader) throws(LedgerError) -> LedgerMeasure {
    LedgerMeasure(isSaid: try row.int() != 0, target: try row.double(), former: try row.optionalDouble())
  }

  /// A fact's target value z, float32; nil for methods without them.
  public func targetValue(ofFact id: Int) throws(LedgerError) -> LedgerMatrix? {
    try rows("SELECT target_value FROM fact WHERE id = ? AND target_value IS NOT NULL", [id]) { row in
      let bytes = try row.data()
      return LedgerMatrix(rows: 1, columns: bytes.count / 4, bytes: bytes)
    }.first ?? nil
  }

  /// The changes in effect after a step, in the order they are made in: of each batch, which revision of its changes.
  ///
  /// - Parameter step: the step; the last where nil, and none before the first where 0.
  public func revisions(after step: Int? = nil) throws(LedgerError) -> [(id: Int, batch: Int)] {
    let last = step ?? Int.max
    return try rows(
      """
      SELECT id, batch FROM revision
      WHERE made_by <= ?1 AND (superseded_by IS NULL OR superseded_by > ?1) ORDER BY batch
      """, [last]
    ) { row in (id: try row.int(), batch: try row.int()) }
  }

  /// The batches in effect now, in the order they were written.
  public func batches() throws(LedgerError) -> [LedgerBatch] {
    var batches: [LedgerBatch] = []
    for revision in try revisions() {
      let keys = try keys(of: revision.batch)
      let positions = try rows(
        "SELECT position FROM fact WHERE step = ? AND removed_by IS NULL ORDER BY position", [revision.batch]
      ) { try $0.int() }
      let rows = keys.values.map(\.rows).min() ?? Int.max
      guard positions.allSatisfy({ (0..<rows).contains($0) }) else {
        throw .inconsistent(file: url.path, reason: "a fact of step \(revision.batch) has no keys")
      }
      batches.append(
        LedgerBatch(
          step: revision.batch, deltas: try deltas(ofRevision: revision.id), keys: keys, positions: positions)
      )
    }
    return batches
  }

  /// The changes of a revision, in the order they are made in.
  public func deltas(ofRevision id: Int) throws(LedgerError) -> [LedgerDelta] {
    try rows(
      """
      SELECT block, outputs, inputs, rank, left_factor, right_factor FROM delta WHERE revision = ? ORDER BY place
      """, [id]
    ) { row in
      let (block, outputs, inputs, rank) = (try row.int(), try row.int(), try row.int(), try row.int())
      return LedgerDelta(
        block: block, left: try row.matrix(rows: outputs, columns: rank),
        right: try row.matrix(rows: inputs, columns: rank))
    }
  }

  private func keys(of batch: Int) throws(LedgerError) -> [Int: LedgerMatrix] {
    let all = try rows("SELECT block, rows, columns, bytes FROM batch_keys WHERE step = ?", [batch]) { row in
      (try row.int(), try row.matrix())
    }
    return Dictionary(all) { first, _ in first }
  }
}
