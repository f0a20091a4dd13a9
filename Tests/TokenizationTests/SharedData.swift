import Foundation

/// The folder of real data beside the package; what is in it is never part of the package.
enum SharedData {
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["ALPHAEDIT_SHARED"] { return URL(filePath: path) }
    return Fixture.packageRoot.deletingLastPathComponent().appending(path: "shared")
  }()

  static var isPresent: Bool {
    FileManager.default.fileExists(atPath: root.appending(path: "data/tokenizers").path)
  }
}
