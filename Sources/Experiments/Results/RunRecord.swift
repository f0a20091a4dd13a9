import Checkpoints
import StrictJSON

/// What a run's results depend on, kept as `run.json` so that only the same run is continued.
struct RunRecord: Equatable {
  /// The file's name in the run's directory.
  static let fileName = "run.json"
  private static let format = "alphaedit evaluation 1"

  /// Settings and hashes: whatever changes the results. The amount of memory and the number of threads, which change the
  /// order of sums alone, are not among them.
  var dependencies: JSONObject
  /// Paths and words for the reader, which may change from machine to machine.
  var places: JSONObject

  init(dependencies: JSONObject, places: JSONObject) {
    self.dependencies = dependencies
    self.places = places
  }

  /// What `json` gives; nil where it was not made so.
  init?(json: JSON) {
    guard json["format"] == JSON(Self.format), let dependencies = json["depends_on"]?.object,
      let places = json["from"]?.object
    else { return nil }
    self.init(dependencies: dependencies, places: places)
  }

  /// The file's contents.
  var json: JSON {
    ["format": JSON(Self.format), "depends_on": .object(dependencies), "from": .object(places)]
  }

  /// The hash of all that the results depend on.
  var digest: ContentHash { ContentHash(of: JSON.object(dependencies).serialized()) }

  /// The first of `asked`'s members that is not the recorded one, in words; nil where all are.
  func difference(from asked: JSONObject) -> String? {
    for (key, value) in asked.members {
      let recorded = dependencies[key] ?? .null
      if let difference = Self.difference(key.text, recorded: recorded, asked: value) { return difference }
    }
    return nil
  }

  private static func difference(_ place: String, recorded: JSON, asked: JSON) -> String? {
    if recorded == asked { return nil }
    if let old = recorded.object, let new = asked.object {
      for key in old.members.map(\.key) + new.members.map(\.key).filter({ old[$0] == nil }) {
        let inner = "\(place).\(key.text)"
        if let difference = difference(inner, recorded: old[key] ?? .null, asked: new[key] ?? .null) {
          return difference
        }
      }
    }
    return "\(place) is \(shortened(recorded)) there, and \(shortened(asked)) is asked for"
  }

  private static let longestValue = 80

  private static func shortened(_ value: JSON) -> String {
    let text = value.isNull ? "nothing" : value.text()
    return text.count <= longestValue ? text : text.prefix(longestValue - 1) + "…"
  }
}
