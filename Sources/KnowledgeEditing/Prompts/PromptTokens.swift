/// How many tokens of a batch of facts each part of an edit has to run, summed over the facts.
package struct PromptTokens: Sendable, Equatable {
  /// What all facts have in the same context before their own tokens: counted once.
  package private(set) var shared = 0
  /// All prompts, behind what is shared.
  package private(set) var whole = 0
  /// Of these, what stands before the subject's last token.
  package private(set) var beforeSubject = 0
  /// Places at which the head is asked: the target's, and the subject's of the essence prompt.
  package private(set) var outputs = 0
  /// Prompts from which keys are read, up to the subject's last token.
  package private(set) var keyed = 0
  /// How many such prompts there are.
  package private(set) var keyRows = 0
  /// The bare prompts, up to the subject's last token.
  package private(set) var bare = 0

  /// From the subject's last token on: what a step of the search for target values runs.
  package var suffix: Int { whole - beforeSubject }

  /// Counts the tokens of a batch.
  package init(_ prompts: [EditPrompts]) { self.init(BatchPrompts(prompts)) }

  init(_ prompts: BatchPrompts) {
    shared = prompts.shared.reduce(0) { $0 + $1.count }
    for fact in prompts.prompts.indices {
      let rows = prompts.rows(of: fact)
      whole += rows.reduce(0) { $0 + $1.own.count }
      beforeSubject += rows.reduce(0) { $0 + $1.subject }
      outputs += rows.reduce(0) { $0 + max($1.labelCount, 1) }
      keyed += rows.dropLast().reduce(0) { $0 + $1.subject + 1 }
      keyRows += rows.dropLast().count
      bare += rows.first.map { $0.subject + 1 } ?? 0
    }
  }
}
