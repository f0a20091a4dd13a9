import Tokenization

/// One tokenised prompt, and the token at which the subject's hidden state is read.
public struct RewritingRow: Sendable, Equatable {
  /// Token ids, special tokens included.
  public var ids: [Int]

  /// Index into `ids` of the subject's token.
  public var subjectIndex: Int

  /// The type of the context the prompt stands in, an index into `ContextTemplates.types`; 0 for none.
  public var contextType: Int
}

/// All that is tokenised of a fact to find its key and its target value.
///
/// The rows are those of the published code's `compute_z` and `compute_ks` wherever its texts tokenise as their parts
/// do. It decodes the target's first tokens, appends the text to the prompt and tokenises again, which shifts its
/// labels where that does not give the same tokens back (half a character, cleaned-up spaces, a SentencePiece
/// vocabulary); here the ids are appended, and the target is tokenised where it will stand, after the prompt.
public struct EditPrompts: Sendable, Equatable {
  /// The fact.
  public var fact: Fact

  /// t, the target's ids, T ≥ 1 of them, without a leading BOS or unknown token.
  public var targetIDs: [Int]

  /// For each context template, in order, the fact's prompt followed by all of the target's ids but the last: the
  /// logits at a row's last T positions predict `targetIDs`. Row 0 is the bare prompt.
  public var rewriting: [RewritingRow]

  /// "{} is a" filled with the subject, whose distribution at the subject's token is held in place.
  public var essence: RewritingRow

  /// For each context template, in order, the fact's prompt alone. Row 0 is the bare prompt.
  public var keys: [RewritingRow]

  /// What is odd about the tokens, each once.
  public var warnings: [EditPromptWarning]
}

extension EditPrompts {
  /// How a target is put into tokens.
  public enum TargetForm: Sendable, Equatable {
    /// As it is tokenised behind the prompt, with the space between them.
    case afterPrompt
    /// By itself, without the space before it: what the published NSE does to targets whose files have none.
    case bare
  }

  /// The prompt at which drift of the subject's essence is measured.
  private static let essenceTemplate = PromptTemplate(prefix: "", suffix: " is a")

  /// Tokenises a fact in its contexts.
  ///
  /// - Parameters:
  ///   - templates: the contexts, filled with the fact's prompt.
  ///   - strategy: which token carries the subject.
  ///   - targetForm: how the target is put into tokens.
  /// - Throws: `EditPromptError` naming the fact, when its target or subject has no token.
  public init(
    _ fact: Fact, templates: ContextTemplates, tokenizer: Tokenizer,
    strategy: SubjectPosition.Strategy = .subjectLast, targetForm: TargetForm = .afterPrompt
  ) throws(EditPromptError) {
    do {
      try self.init(tokenizing: fact, templates, tokenizer, strategy, targetForm)
    } catch {
      throw EditPromptError(id: fact.id, source: fact.source, fault: error)
    }
  }

  private init(
    tokenizing fact: Fact, _ templates: ContextTemplates, _ tokenizer: Tokenizer,
    _ strategy: SubjectPosition.Strategy, _ targetForm: TargetForm
  ) throws(EditPromptFault) {
    let essence = try tokenizer.prompt(Self.essenceTemplate.filled(with: fact.subject))
    let position = try SubjectPosition(
      strategy, of: fact.subject, in: Self.essenceTemplate, prompt: essence)
    self.essence = RewritingRow(ids: essence.ids, subjectIndex: position.index, contextType: 0)
    self.fact = fact
    warnings = []
    targetIDs = []
    rewriting = []
    keys = []
    for (type, contexts) in templates.types.enumerated() {
      for context in contexts {
        let template = context.wrapping(fact.template)
        let prompt = try tokenizer.prompt(template.filled(with: fact.subject))
        if keys.isEmpty { try findTarget(targetForm, after: prompt, tokenizer) }
        let position = try SubjectPosition(
          strategy, of: fact.subject, in: template, prompt: prompt)
        keys.append(RewritingRow(ids: prompt.ids, subjectIndex: position.index, contextType: type))
        let ids = prompt.ids + targetIDs.dropLast()
        let index = position.index(inRowOf: ids.count)
        rewriting.append(RewritingRow(ids: ids, subjectIndex: index, contextType: type))
        if !position.endsWithSubject {
          warn(.subjectMerges(subject: fact.subject, prompt: fact.filledPrompt))
        }
      }
    }
  }

  /// Sets `targetIDs` to the tokens that follow the bare prompt's when the target is written after it; where these do
  /// not begin with the prompt's, to those of the target by itself, since at run time the prompt is tokenised alone.
  private mutating func findTarget(
    _ form: TargetForm, after prompt: Encoding, _ tokenizer: Tokenizer
  ) throws(EditPromptFault) {
    let joint = try tokenizer.prompt(fact.filledPrompt + fact.target)
    if form == .bare {
      targetIDs = try tokenizer.prompt(String(fact.target.drop { $0 == " " })).ids
    } else if joint.ids.starts(with: prompt.ids) {
      targetIDs = Array(joint.ids.dropFirst(prompt.ids.count))
    } else {
      targetIDs = try tokenizer.continuation(of: prompt.ids, by: fact.target)
      warn(.targetMerges(target: fact.target, prompt: fact.filledPrompt))
    }
    if let first = targetIDs.first, first == tokenizer.bosID || first == tokenizer.unknownID {
      targetIDs.removeFirst()
    }
    guard !targetIDs.isEmpty else { throw .targetHasNoToken(target: fact.target) }
  }

  private mutating func warn(_ warning: EditPromptWarning) {
    if !warnings.contains(warning) { warnings.append(warning) }
  }
}

extension Tokenizer {
  /// The encoding of a text that is to be continued: special tokens before it, none after it.
  package func prompt(_ text: String) throws(EditPromptFault) -> Encoding {
    var encoding: Encoding
    do { encoding = try encode(text, addingSpecialTokens: true) } catch { throw .tokenizer(error) }
    let count = (encoding.isSpecial.lastIndex(of: false) ?? -1) + 1
    // An empty text keeps the special tokens before it; which of them come after it cannot be told.
    guard count > 0 else { return encoding }
    encoding.ids.removeLast(encoding.ids.count - count)
    encoding.offsets.removeLast(encoding.offsets.count - count)
    encoding.isSpecial.removeLast(encoding.isSpecial.count - count)
    return encoding
  }

  /// The ids of `target` by itself. A vocabulary that puts a space of its own before a text is given the target
  /// without one, if the ids then add exactly the target to the text of the prompt's.
  fileprivate func continuation(of prompt: [Int], by target: String) throws(EditPromptFault) -> [Int] {
    do {
      let asWritten = try encode(target, addingSpecialTokens: false).ids
      let withoutSpace = try encode(String(target.dropFirst()), addingSpecialTokens: false).ids
      let text = try decode(prompt, skippingSpecialTokens: true, cleaningUpSpaces: false)
      let continued = try decode(prompt + withoutSpace, skippingSpecialTokens: true, cleaningUpSpaces: false)
      return continued == text + target ? withoutSpace : asWritten
    } catch {
      throw .tokenizer(error)
    }
  }
}
