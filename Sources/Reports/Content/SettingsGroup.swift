/// Settings that belong together, such as the hyper-parameters of the method.
public struct SettingsGroup: Sendable {
  /// The heading.
  public var title: String
  /// Names and values in the order shown.
  public var settings: [(name: String, value: String)]

  /// Settings under the heading `title`.
  public init(_ title: String, _ settings: [(name: String, value: String)]) {
    self.title = title
    self.settings = settings
  }

  /// Settings under the heading `title`, written as a dictionary literal; their order is kept.
  public init(_ title: String, _ settings: KeyValuePairs<String, String>) {
    self.init(title, settings.map { (name: $0.key, value: $0.value) })
  }
}
