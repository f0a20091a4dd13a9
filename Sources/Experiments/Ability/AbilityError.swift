/// What is wrong with one record of a test of ability.
public enum AbilityRecordFault: Error, Equatable, CustomStringConvertible {
  /// It is no object.
  case notAnObject(found: String)
  /// It lacks a member.
  case missing(key: String)
  /// A member is not what it must be.
  case wrong(key: String, expected: String, found: String)
  /// Its prompt or an answer cannot be put into tokens.
  case notInTokens(reason: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notAnObject(let found): "expected an object, found \(found)"
    case .missing(let key): "has no \(key)"
    case .wrong(let key, let expected, let found): "\(key) must be \(expected), not \(found)"
    case .notInTokens(let reason): reason
    }
  }
}

/// Why tests of ability cannot be put to a model.
public enum AbilityError: Error, Equatable, CustomStringConvertible {
  /// A task's file is not there or cannot be read.
  case unreadable(file: String, reason: String)
  /// A file is no list of records.
  case notRecords(file: String, reason: String)
  /// A file has no record behind those kept for examples.
  case tooFewRecords(file: String, found: Int, needed: Int)
  /// A record cannot be used; records count from 1.
  case record(file: String, number: Int, fault: AbilityRecordFault)
  /// An argument is out of range.
  case invalidSetting(String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .notRecords(let file, let reason): "\(file): \(reason)"
    case .tooFewRecords(let file, let found, let needed):
      "\(file): holds \(found) records, but the first \(needed - 1) are kept for examples; at least \(needed) are needed"
    case .record(let file, let number, let fault): "\(file): record \(number): \(fault)"
    case .invalidSetting(let reason): reason
    }
  }
}
