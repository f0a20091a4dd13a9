import Foundation
import StrictJSON

/// Reads the keys of a file of hyper-parameters, and remembers which were asked for.
struct HyperparameterFields {
  let object: JSONObject
  let file: String
  private(set) var known: Set<String> = []

  init(_ object: JSONObject, file: String) {
    self.object = object
    self.file = file
  }

  /// The object that a file holds.
  static func object(of url: URL) throws(HyperparameterError) -> JSONObject {
    let document: JSON
    do { document = try JSON.parse(try Data(contentsOf: url)) } catch let error as JSONError {
      throw HyperparameterError(file: url.path, fault: .notJSON(error))
    } catch {
      throw HyperparameterError(file: url.path, fault: .unreadable(reason: error.localizedDescription))
    }
    guard let object = document.object else {
      throw HyperparameterError(file: url.path, fault: .notAnObject(found: document.kind))
    }
    return object
  }

  /// The members whose keys were not asked for.
  var others: JSONObject { JSONObject(object.members.filter { !known.contains($0.key.text) }) }

  mutating func has(_ key: String) -> Bool {
    known.insert(key)
    return object[key].map { !$0.isNull } ?? false
  }

  mutating func number(_ key: String) throws(HyperparameterError) -> Double {
    try value(key, "a number", \.double)
  }

  mutating func integer(_ key: String) throws(HyperparameterError) -> Int {
    try value(key, "an integer", \.int)
  }

  mutating func boolean(_ key: String) throws(HyperparameterError) -> Bool {
    try value(key, "true or false", \.bool)
  }

  mutating func text(_ key: String) throws(HyperparameterError) -> String {
    try value(key, "a string", \.string)
  }

  mutating func integers(_ key: String) throws(HyperparameterError) -> [Int] {
    let expected = "an array of integers"
    let elements = try value(key, expected, \.array)
    let integers = elements.compactMap(\.int)
    guard integers.count == elements.count else {
      throw error(key, .wrongType(expected: expected, found: "an array that holds something else"))
    }
    return integers
  }

  mutating func text<Choice: RawRepresentable & CaseIterable>(
    _ key: String, as choice: Choice.Type
  ) throws(HyperparameterError) -> Choice where Choice.RawValue == String {
    let text = try text(key)
    guard let value = Choice(rawValue: text) else {
      let allowed = "one of " + choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(key, .notAllowed(value: quoted(text), allowed: allowed))
    }
    return value
  }

  func error(_ key: String, _ fault: HyperparameterError.Fault) -> HyperparameterError {
    HyperparameterError(file: file, key: key, fault: fault)
  }

  private mutating func value<Value>(
    _ key: String, _ expected: String, _ read: (JSON) -> Value?
  ) throws(HyperparameterError) -> Value {
    known.insert(key)
    guard let json = object[key] else { throw error(key, .missing) }
    guard let value = read(json) else { throw error(key, .wrongType(expected: expected, found: json.kind)) }
    return value
  }
}
