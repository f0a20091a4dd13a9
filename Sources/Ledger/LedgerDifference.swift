/// What lies between two states of a checkpoint.
public struct LedgerDifference: Sendable, Equatable {
  /// The facts in effect in the second and not in the first.
  public var gained: [LedgerFact]
  /// The facts in effect in the first and not in the second.
  public var lost: [LedgerFact]
  /// The tensors whose bytes differ, ascending.
  public var tensors: [String]
}

extension LedgerFact {
  /// Whether the fact is in effect after a step.
  public func isInEffect(after step: Int) -> Bool {
    self.step <= step && removedBy.map { $0 > step } ?? true
  }
}

extension Ledger {
  /// The number of a step from its name: `s3` or, for the base, `s0`.
  ///
  /// - Throws: ``LedgerError/unknown(file:id:)`` where there is none.
  public func step(named name: String) throws(LedgerError) -> Int {
    let known = try steps().map(\.id) + [0]
    guard name.first == "s", let id = Int(name.dropFirst()), known.contains(id) else {
      throw .unknown(file: url.path, id: name)
    }
    return id
  }

  /// The fact of a number: `17`.
  ///
  /// - Throws: ``LedgerError/unknown(file:id:)`` where there is none.
  public func fact(named name: String) throws(LedgerError) -> LedgerFact {
    guard let id = Int(name), let fact = try facts().first(where: { $0.id == id }) else {
      throw .unknown(file: url.path, id: name)
    }
    return fact
  }

  /// What lies between the states after two steps, the base being 0.
  public func difference(from first: Int, to second: Int) throws(LedgerError) -> LedgerDifference {
    let facts = try facts()
    let steps = try steps()
    let base = try base()
    func weights(_ step: Int) -> [String: String] {
      if step == 0 { return Dictionary(base.tensors.map { ($0.name, $0.sha256) }) { first, _ in first } }
      return steps.first { $0.id == step }?.weights ?? [:]
    }
    let (old, new) = (weights(first), weights(second))
    return LedgerDifference(
      gained: facts.filter { $0.isInEffect(after: second) && !$0.isInEffect(after: first) },
      lost: facts.filter { $0.isInEffect(after: first) && !$0.isInEffect(after: second) },
      tensors: base.tensors.map(\.name).filter { old[$0] != new[$0] })
  }
}
