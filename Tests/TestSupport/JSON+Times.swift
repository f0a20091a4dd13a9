import StrictJSON

extension JSON {
  /// The document without members called `time`, which alone may differ between runs that are the same.
  public var withoutTimes: JSON {
    switch self {
    case .array(let elements): JSON(elements.map(\.withoutTimes))
    case .object(let object):
      .object(
        JSONObject(object.members.filter { $0.key.text != "time" }.map { ($0.key, $0.value.withoutTimes) }))
    default: self
    }
  }
}
