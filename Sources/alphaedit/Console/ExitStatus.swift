import ArgumentParser

/// Exit codes for what is neither done nor failed.
enum ExitStatus {
  /// `alphaedit check` could not look at all that it was to look at.
  static let unchecked = ExitCode(2)
  /// `alphaedit edit` or `evaluate` was ended by its guard; what was written holds the batches before.
  static let stopped = ExitCode(3)
}
