import Foundation
import Ledger
import TestSupport

/// Files that tests read.
enum Fixtures {
  /// Files of these tests' own.
  static let own = Package.root.appendingPathComponent("Tests/CommandTests/Fixtures")

  /// A real model that writes small stories.
  static let tinyStories = SharedFolder.file("data/models/TinyStories-656K")

  static var hasTinyStories: Bool { SharedFolder.has("data/models/TinyStories-656K") }
}

extension URL {
  /// The files of a checkpoint and their bytes, without its ledger, which tells when it was written.
  func filesButTheLedger() throws -> [String: Data] { try files().filter { $0.key != Ledger.fileName } }
}
