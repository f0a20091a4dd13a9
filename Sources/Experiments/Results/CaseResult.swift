import StrictJSON

/// What an evaluation says of one record.
public struct CaseResult: Sendable, Equatable {
  /// The record's name.
  public var id: String
  /// The fact as the data set has it.
  public var requestedRewrite: JSONObject
  /// The names of the records that were edited in one batch with it.
  public var groupedCaseIDs: [String]
  /// The size of batches that was asked for.
  public var batchSize: Int
  /// Seconds that editing its batch took.
  public var seconds: Double
  /// The metrics of the unedited model, by their published names.
  public var before: JSONObject
  /// The metrics after all edits.
  public var after: JSONObject

  /// The published name of its file: `{num_edits}_edits-case_{case_id}.json`.
  ///
  /// Whatever is not a letter or digit of ASCII, `-`, `_` or `.` in the record's name is written `_`.
  public var fileName: String { Self.fileName(id, batchSize) }

  static func fileName(_ id: String, _ batchSize: Int) -> String {
    "\(batchSize)_edits-case_\(plainName(id)).json"
  }

  /// A record's name as it stands in names of files.
  static func plainName(_ id: String) -> String {
    String(decoding: id.utf8.map { plain.contains($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
  }

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.".utf8)

  /// The published members, with the unedited model's metrics as `pre` (which ROME's code wrote and AlphaEdit's does
  /// not).
  public var json: JSON {
    [
      "case_id": Self.identifier(id), "grouped_case_ids": JSON(groupedCaseIDs.map(Self.identifier)),
      "num_edits": JSON(batchSize), "requested_rewrite": .object(requestedRewrite), "time": JSON(seconds),
      "pre": .object(before), "post": .object(after),
    ]
  }

  /// A record's name as published files have it: a number where it is one.
  static func identifier(_ id: String) -> JSON { Int(id).map { JSON($0) } ?? JSON(id) }
}
