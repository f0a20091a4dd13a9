/// This program's version, which edited checkpoints carry.
public enum Version {
  /// The version.
  public static let current = "0.1.0"

  /// That of the Swift compiler that made it.
  public static let compiler: String = {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #elseif compiler(>=6.1)
      "6.1"
    #else
      "6.0"
    #endif
  }()
}
