import MadeUpWorld
import StrictJSON

/// Changes of an input that leave it well-formed: members gone, doubled, renamed and exchanged, numbers at their limits, long
/// texts, deep nesting.
public enum DocumentMutation {
  /// An input like this one; nil where it is not of the format.
  public static func mutate(
    _ input: [UInt8], as format: FuzzedReader.Format, using random: inout some RandomNumberGenerator
  ) -> [UInt8]? {
    switch format {
    case .bytes: nil
    case .json: document(input[...], using: &random)
    case .safetensors: safetensors(input, using: &random)
    }
  }

  private static func document(
    _ input: ArraySlice<UInt8>, using random: inout some RandomNumberGenerator
  ) -> [UInt8]? {
    guard let json = try? JSON.parse(input, maximumDepth: 64) else { return nil }
    var budget = Int.random(in: 0..<max(1, count(json)), using: &random)
    return mutate(json, at: &budget, using: &random).serialized()
  }

  /// The header is mutated, and its length follows.
  private static func safetensors(
    _ input: [UInt8], using random: inout some RandomNumberGenerator
  ) -> [UInt8]? {
    guard input.count >= 8 else { return nil }
    let length = input[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(input.count - 8), let end = Int(exactly: length).map({ 8 + $0 }),
      let header = document(input[8..<end], using: &random)
    else { return nil }
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + input[end...]
  }

  /// The number of values in a document.
  private static func count(_ json: JSON) -> Int {
    switch json {
    case .array(let elements): elements.reduce(1) { $0 + count($1) }
    case .object(let object): object.members.reduce(1) { $0 + count($1.value) }
    default: 1
    }
  }

  /// Changes the value that is `remaining` values further on.
  private static func mutate(
    _ json: JSON, at remaining: inout Int, using random: inout some RandomNumberGenerator
  ) -> JSON {
    guard remaining > 0 else {
      remaining = Int.max
      return changed(json, using: &random)
    }
    remaining -= 1
    switch json {
    case .array(let elements):
      return .array(elements.map { mutate($0, at: &remaining, using: &random) })
    case .object(let object):
      return .object(
        JSONObject(object.members.map { ($0.key, mutate($0.value, at: &remaining, using: &random)) }))
    default: return json
    }
  }

  private static func changed(_ json: JSON, using random: inout some RandomNumberGenerator) -> JSON {
    switch (json, UInt8.random(in: 0..<8, using: &random)) {
    case (.array(var elements), 0...4):
      guard let place = elements.indices.randomElement(using: &random) else {
        return .array([number(&random)])
      }
      switch UInt8.random(in: 0..<4, using: &random) {
      case 0: elements.remove(at: place)
      case 1: elements.append(elements[place])
      case 2: elements.swapAt(place, elements.count - 1)
      default: elements += elements
      }
      return .array(elements)
    case (.object(let object), 0...4):
      var members = object.members
      guard let place = members.indices.randomElement(using: &random) else { return [:] }
      let other = members.indices.randomElement(using: &random) ?? place
      switch UInt8.random(in: 0..<4, using: &random) {
      case 0: members.remove(at: place)
      case 1: members[place].value = members[other].value
      case 2: members[place].key = JSONString(members[other].key.text + "\u{301}")
      default: members.append((JSONString(members[place].key.text + " "), members[other].value))
      }
      return .object(JSONObject(members))
    case (.string(let string), 0...2): return JSON(text(string.text, &random))
    default: return any(json, &random)
    }
  }

  /// A value of any kind in the place of another.
  private static func any(_ json: JSON, _ random: inout some RandomNumberGenerator) -> JSON {
    switch UInt8.random(in: 0..<8, using: &random) {
    case 0: nil
    case 1: JSON(Bool.random(using: &random))
    case 2: JSON(text("", &random))
    case 3: []
    case 4: [:]
    case 5: (0..<32).reduce(json) { nested, _ in [nested] }
    default: number(&random)
    }
  }

  private static func text(_ text: String, _ random: inout some RandomNumberGenerator) -> String {
    switch UInt8.random(in: 0..<6, using: &random) {
    case 0: ""
    case 1: text + text
    case 2: text + "\u{301}"
    case 3: String(text.dropFirst())
    case 4: String(repeating: "x", count: 1 << Int.random(in: 0..<12, using: &random))
    default: "../" + text
    }
  }

  private static func number(_ random: inout some RandomNumberGenerator) -> JSON {
    let texts = [
      "0", "-0", "1", "-1", "2", "3", "7", "8", "255", "65536", "2147483647", "4294967296",
      "9007199254740993",
      "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e308",
      "1e400", "-1e400", "1e-400", "0.5", "1.5", "2.0", "1e3",
    ]
    guard let text = texts.randomElement(using: &random), let number = try? JSON.parse(text) else { return 0 }
    return number
  }
}

/// What draws the made-up world draws mutations too: the same seed gives the same ones.
extension RandomSource: RandomNumberGenerator {}
