/// A fact and what each model says about it.
public struct FactSample: Sendable {
  /// What one model says.
  public struct Continuation: Sendable {
    /// The model, such as `Unedited` or `After 2,000 edits`.
    public var model: String
    /// The text it continues the prompt with, without the prompt.
    public var text: String
    /// Whether each token of the target is the likeliest one, given those before it; `nil`: not measured.
    public var saysTeacherForced: Bool?
    /// Whether the greedy continuation says the target; `nil`: not measured.
    public var saysFreely: Bool?

    /// What `model` says.
    public init(
      model: String, text: String, saysTeacherForced: Bool? = nil, saysFreely: Bool? = nil
    ) {
      self.model = model
      self.text = text
      self.saysTeacherForced = saysTeacherForced
      self.saysFreely = saysFreely
    }
  }

  /// The prompt with its subject.
  public var prompt: String
  /// What the edited model shall say.
  public var target: String
  /// What held before the edit.
  public var formerTarget: String?
  /// Where the fact comes from, such as `case 17, batch 1`.
  public var origin: String?
  /// The continuations, the unedited model's first.
  public var continuations: [Continuation]

  /// A fact.
  public init(
    prompt: String, target: String, formerTarget: String? = nil, origin: String? = nil,
    continuations: [Continuation]
  ) {
    self.prompt = prompt
    self.target = target
    self.formerTarget = formerTarget
    self.origin = origin
    self.continuations = continuations
  }
}
