import Torch

/// Sequences that are read together, and what is asked about them.
struct ScoringBatch {
  /// A sequence, or the common beginning of several.
  private struct Row {
    let ids: [Int]
    /// The row that it continues, of those read before.
    var past: Int?
    /// The numbers of the queries about each of its tokens, by place.
    let queries: [Int: [Int]]
  }

  /// What is read first: beginnings that others continue.
  private var prefixes: [Row] = []
  /// What continues one of them.
  private var suffixes: [Row] = []
  /// What stands by itself.
  private var whole: [Row] = []
  private var tokenCount = 0

  /// The share of a batch's tokens whose keys and values may be kept.
  private static let keptPart = 4

  /// Batches of at most `tokenLimit` tokens, or of one group of sequences, that answer all queries.
  ///
  /// Each query must be about a token of a sequence.
  static func batches(of queries: [TokenQuery], in sequences: [[Int]], tokenLimit: Int) -> [ScoringBatch] {
    var lengths: [Int: Int] = [:]
    for query in queries { lengths[query.row] = max(lengths[query.row] ?? 0, query.position + 1) }
    let rows = lengths.keys.sorted()
    let plan = ReadingPlan(rows.map { Array(sequences[$0].prefix(lengths[$0] ?? 0)) })
    let place = Dictionary(uniqueKeysWithValues: zip(rows, plan.places))

    // For each group, the queries about its prefix, and those about each of its suffixes, by place.
    var asked = plan.groups.map { group in
      (prefix: [Int: [Int]](), suffixes: [[Int: [Int]]](repeating: [:], count: group.suffixes.count))
    }
    for (number, query) in queries.enumerated() {
      guard let place = place[query.row] else { continue }
      let offset = query.position - plan.groups[place.group].prefix.count
      if offset < 0 {
        asked[place.group].prefix[query.position, default: []].append(number)
      } else {
        asked[place.group].suffixes[place.suffix][offset, default: []].append(number)
      }
    }

    var batches: [ScoringBatch] = []
    let order = plan.groups.indices.sorted { (plan.groups[$0].longest, $0) < (plan.groups[$1].longest, $1) }
    for index in order {
      let group = plan.groups[index]
      if batches.last.map({ !$0.hasRoom(for: group, tokenLimit) }) ?? true { batches.append(ScoringBatch()) }
      batches[batches.count - 1].add(group, asked[index].prefix, asked[index].suffixes)
    }
    return batches
  }

  private func hasRoom(for group: ReadingPlan.Group, _ limit: Int) -> Bool {
    let kept = prefixes.reduce(group.prefix.count) { $0 + $1.ids.count }
    return tokenCount + group.tokenCount <= limit && kept <= limit / Self.keptPart
  }

  private mutating func add(
    _ group: ReadingPlan.Group, _ ofPrefix: [Int: [Int]], _ ofSuffixes: [[Int: [Int]]]
  ) {
    tokenCount += group.tokenCount
    let rows = zip(group.suffixes, ofSuffixes)
    guard !group.prefix.isEmpty else {
      whole += rows.map { Row(ids: Array($0), queries: $1) }
      return
    }
    suffixes += rows.map { Row(ids: Array($0), past: prefixes.count, queries: $1) }
    prefixes.append(Row(ids: Array(group.prefix), queries: ofPrefix))
  }

  /// The last block's output at the tokens that are asked about, one tensor [M, d] a pass, with the numbers of the
  /// queries about each of the M.
  func states(in model: any LanguageModel) throws -> [(hidden: Tensor, queries: [[Int]])] {
    var states: [(hidden: Tensor, queries: [[Int]])] = []
    var past: PastKeyValues?
    if !prefixes.isEmpty {
      let tokens = try PackedTokens(prefixes.map(\.ids), device: model.device)
      let pass = try ForwardPass(tokens, of: model, recordsKeyValues: true)
      states.append(try Self.run(pass, [(tokens, prefixes)], model))
      past = try tokens.callerOrder(pass.recorded)
    }
    var parts: [(tokens: PackedTokens, rows: [Row])] = []
    var groups: [RowGroup] = []
    if !whole.isEmpty {
      let tokens = try PackedTokens(whole.map(\.ids), device: model.device)
      parts.append((tokens, whole))
      groups += tokens.groups
    }
    if let past {
      let tokens = try PackedTokens(suffixes.map(\.ids), device: model.device)
      parts.append((tokens, suffixes))
      groups += try tokens.groups(after: past.selectingRows(suffixes.compactMap(\.past)))
    }
    let pass = try ForwardPass(groups: groups, device: model.device, dtype: model.dtype)
    states.append(try Self.run(pass, parts, model))
    return states.filter { !$0.queries.isEmpty }
  }

  /// Runs all blocks over parts that lie behind each other in the pass.
  private static func run(
    _ pass: ForwardPass, _ parts: [(tokens: PackedTokens, rows: [Row])], _ model: any LanguageModel
  ) throws -> (hidden: Tensor, queries: [[Int]]) {
    var asked: [(token: Int, queries: [Int])] = []
    var first = 0
    for (tokens, rows) in parts {
      for (index, row) in rows.enumerated() {
        asked += row.queries.map { (first + tokens.start(ofRow: index) + $0.key, $0.value) }
      }
      first += tokens.tokenCount
    }
    asked.sort { $0.token < $1.token }
    // Of a prefix nothing may be asked; its last block still gives keys and values, and one state that nobody looks
    // at.
    let wanted = asked.isEmpty ? [0] : asked.map(\.token)
    pass.restrictOutput(ofBlock: model.blockCount - 1, to: try Tensor(wanted, device: model.device))
    let ids = try Tensor.concatenate(parts.map(\.tokens.ids), 0)
    let embedded = try model.embed(ids, positions: pass.positions)
    return (try model.run(0..<model.blockCount, embedded, pass), asked.map(\.queries))
  }
}
