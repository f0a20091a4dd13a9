import StrictJSON

/// The keys of one record, in any of the layouts `FactFile` reads.
struct FactRecord {
  /// The record itself.
  let object: JSONObject

  /// Where prompt, subject and targets are: in `requested_rewrite` (CounterFact), else in the record itself.
  let rewrite: JSONObject

  init(_ object: JSONObject) throws(FactFault) {
    self.object = object
    guard let rewrite = object["requested_rewrite"] else {
      self.rewrite = object
      return
    }
    guard let members = rewrite.object else {
      throw .wrongType(key: "requested_rewrite", expected: "an object", found: rewrite.kind)
    }
    self.rewrite = members
  }

  /// The fact the record holds.
  func fact(source: FactSource) throws(FactFault) -> Fact {
    let target = try text(of: ["target_new", "target"])
    let prompt = try text(of: ["prompt"])
    let subject = try text(of: ["subject"])
    guard let target else { throw .missing(key: "target_new (or target)") }
    guard let prompt else { throw .missing(key: "prompt") }
    guard let subject else { throw .missing(key: "subject") }
    return try Fact(
      id: try identifier() ?? String(source.record - 1), subject: subject, prompt: prompt, target: target,
      targetTrue: try targetTrue(), relation: try text(of: ["relation_id"]), source: source)
  }

  /// A prompt or a list of prompts; empty when the record has no such key.
  func prompts(_ key: String) throws(FactFault) -> [String] {
    guard let value = object[key], !value.isNull else { return [] }
    if let prompt = value.string { return [prompt] }
    guard let elements = value.array else {
      throw .wrongType(key: key, expected: "a string or an array of strings", found: value.kind)
    }
    var prompts: [String] = []
    for element in elements {
      guard let prompt = element.string else {
        throw .wrongType(
          key: key, expected: "an array of strings", found: "an array that holds \(element.kind)")
      }
      prompts.append(prompt)
    }
    return prompts
  }

  /// The former answer, nil when it is absent or, as some published records have it, empty.
  private func targetTrue() throws(FactFault) -> String? {
    guard let text = try text(of: ["target_true", "ground_truth"]), !text.isEmpty else { return nil }
    return text
  }

  /// The record's own name, an integer or a string.
  private func identifier() throws(FactFault) -> String? {
    guard let value = object["case_id"] ?? object["id"], !value.isNull else { return nil }
    if let int = value.int { return String(int) }
    guard let string = value.string else {
      throw .wrongType(key: "case_id", expected: "an integer or a string", found: value.kind)
    }
    return string
  }

  /// The text under the first of `keys` that is there: a string, or an object with the string under `str`.
  private func text(of keys: [String]) throws(FactFault) -> String? {
    for key in keys {
      guard let value = rewrite[key], !value.isNull else { continue }
      if let string = value.string ?? value["str"]?.string { return string }
      throw .wrongType(key: key, expected: "a string, or an object with a string \"str\"", found: value.kind)
    }
    return nil
  }
}
