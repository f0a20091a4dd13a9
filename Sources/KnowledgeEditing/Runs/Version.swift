/// This program's version, which edited checkpoints carry.
public enum Version {
  /// The version.
  public static let current = "0.1.0"
}
