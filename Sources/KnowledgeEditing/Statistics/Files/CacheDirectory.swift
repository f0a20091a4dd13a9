import Foundation

/// Where this program keeps what can be computed again.
public enum CacheDirectory {
  /// The environment variable that names it.
  public static let variable = "ALPHAEDIT_CACHE"

  /// `ALPHAEDIT_CACHE`, else `alphaedit` in `XDG_CACHE_HOME`, else `~/.cache/alphaedit`.
  ///
  /// - Parameter environment: the process's environment variables
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    if let own = environment[variable], !own.isEmpty {
      return URL(fileURLWithPath: own, isDirectory: true)
    }
    // The XDG base directory specification has relative paths ignored.
    if let shared = environment["XDG_CACHE_HOME"], shared.hasPrefix("/") {
      return URL(fileURLWithPath: shared, isDirectory: true).appendingPathComponent(
        "alphaedit", isDirectory: true)
    }
    let home = FileManager.default.homeDirectoryForCurrentUser
    return home.appendingPathComponent(".cache/alphaedit", isDirectory: true)
  }
}
