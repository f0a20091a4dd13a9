import Foundation

/// The files that come with the program.
///
/// Looked for in `ALPHAEDIT_RESOURCES`, beside the program (where a build and `make install` put them), and in
/// `../share/alphaedit`. The build system's own accessor would end the process where they are missing.
enum Resources {
  static let variable = "ALPHAEDIT_RESOURCES"

  /// A folder of resources.
  ///
  /// - Throws: ``ResourceError`` with every place that was looked at.
  static func folder(_ name: String) throws(ResourceError) -> URL {
    let candidates = places.map { $0.appendingPathComponent(name, isDirectory: true) }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw ResourceError(name: name, places: candidates.map(\.path))
    }
    return found
  }

  private static var places: [URL] {
    var places: [URL] = []
    if let own = ProcessInfo.processInfo.environment[variable], !own.isEmpty {
      places.append(URL(fileURLWithPath: own, isDirectory: true))
    }
    if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      let folder = program.deletingLastPathComponent()
      places += ["alphaedit_alphaedit.resources", "alphaedit_alphaedit.bundle", "../share/alphaedit"].map {
        folder.appendingPathComponent($0, isDirectory: true).standardizedFileURL
      }
    }
    return places
  }
}

/// Files of the program that are not where it looks for them.
struct ResourceError: Error, Equatable, CustomStringConvertible {
  var name: String
  var places: [String]

  /// What is missing, where it was looked for, and what to do.
  var description: String {
    "the program's files “\(name)” are missing; looked for them at\n"
      + places.map { "  \($0)\n" }.joined()
      + "Install the program with `make install`, or name the folder that holds them in \(Resources.variable)"
  }
}
