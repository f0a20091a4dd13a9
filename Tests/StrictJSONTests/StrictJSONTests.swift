import StrictJSON
import Testing

@Suite struct JSONReadingTests {
  @Test func everyKindOfValue() throws {
    let json = try JSON.parse(#" {"a": [1, -2.5e3, true, false, null], "b": {"c": "d"}, "e": [], "f": {} } "#)
    #expect(json["a"]?.array?.map(\.kind) == ["a number", "a number", "a boolean", "a boolean", "null"])
    #expect(json["a"]?.array?[0].int == 1)
    #expect(json["a"]?.array?[1].double == -2500)
    #expect(json["b"]?["c"]?.string == "d")
    #expect(json["e"]?.array?.isEmpty == true)
    #expect(json["f"]?.object?.count == 0)
    #expect(json.object?.keys == ["a", "b", "e", "f"])
  }

  @Test func scalarsAreDocuments() throws {
    #expect(try JSON.parse("null").isNull)
    #expect(try JSON.parse(" \t\r\n 7 ").int == 7)
    #expect(try JSON.parse(#""x""#).string == "x")
  }

  @Test func escapes() throws {
    let json = try JSON.parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00 z""#)
    #expect(json.string == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}\u{1F600} z")
    #expect(try JSON.parse(#""a\u0000b""#).string == "a\u{0}b")
  }

  @Test func byteOrderMarkIsSkippedOnceAndKeptInStrings() throws {
    #expect(try JSON.parse([0xEF, 0xBB, 0xBF] + Array("[1]".utf8)).array?.count == 1)
    #expect(throws: JSONError.self) { try JSON.parse([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, 0x31]) }
    let twins = try JSON.parse("{\"\u{FEFF}a\": 1, \"a\": 2}")
    #expect(twins["\u{FEFF}a"]?.int == 1)
    #expect(twins["a"]?.int == 2)
  }

  @Test func keysAreBytesNotCharacters() throws {
    let json = try JSON.parse("{\"caf\u{E9}\": 1, \"cafe\u{301}\": 2}")
    #expect(json["caf\u{E9}"]?.int == 1)
    #expect(json["cafe\u{301}"]?.int == 2)
    #expect(JSONString("caf\u{E9}") != JSONString("cafe\u{301}"))
  }

  @Test(arguments: [1, 5, 12, 13, 200]) func lookUpInSmallAndLargeObjects(count: Int) throws {
    let text = "{" + (0..<count).map { "\"k\($0)\": \($0)" }.joined(separator: ",") + "}"
    let json = try JSON.parse(text)
    #expect((0..<count).allSatisfy { json["k\($0)"]?.int == $0 })
    #expect(json["k\(count)"] == nil)
    #expect(json.object?.keys == (0..<count).map { "k\($0)" })
  }

  @Test(arguments: [2, 40]) func duplicateKeys(fillers: Int) throws {
    let filler = (0..<fillers).map { ",\"f\($0)\":0" }.joined()
    let text = "[\n{\"a\":1\(filler),\"a\":2}]"
    let error = try #require(throws: JSONError.self) { try JSON.parse(text) }
    #expect(error.line == 2)
    #expect(error.offset == 2)
    #expect(error.reason.contains("\"a\" twice"))
    let object = try JSON.parse(text, duplicateKeys: .keepLast).array?.first?.object
    #expect(object?["a"]?.int == 2)
    #expect(object?.count == fillers + 1)
    #expect(object?.keys.first == "a")
  }

  @Test func aSliceIsReadFromItsOwnStart() throws {
    let bytes = Array("xx[true]yy".utf8)
    #expect(try JSON.parse(bytes[2..<8]).array == [true])
    #expect(try bytes.withUnsafeBytes { try JSON.parse($0[2..<8]) }.array == [true])
  }
}

@Suite struct JSONNumberTests {
  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("1e3", 1000),
      ("2.0", 2), ("1.5", nil), ("9223372036854775808", nil), ("1e40", nil), ("1e999999999", nil),
      ("9007199254740993.0", nil), ("99999999999999999999999999", nil),
    ] as [(String, Int?)]) func exactIntegers(text: String, expected: Int?) throws
  {
    #expect(try JSON.parse(text).int == expected)
  }

  @Test(
    arguments: [
      ("0", 0), ("12", 12), ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("-0", nil),
      ("-1", nil), ("1e3", nil), ("2.0", nil), ("1.5", nil), ("\"7\"", nil), ("[7]", nil),
    ] as [(String, Int?)]) func naturalNumbersAreDigits(text: String, expected: Int?) throws
  {
    #expect(try JSON.parse(text).naturalNumber == expected)
  }

  @Test func doublesAndText() throws {
    #expect(try JSON.parse("0.1").double == 0.1)
    #expect(try JSON.parse("1e999").double == .infinity)
    #expect(try JSON.parse("-1E-999").double == 0)
    let digits = String(repeating: "7", count: 100_000)
    guard case .number(let number) = try JSON.parse(digits) else {
      throw JSONError(offset: 0, line: 0, reason: "")
    }
    #expect(number.text == digits)
    #expect(number.int == nil)
    #expect(number.double == .infinity)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(1e-5)?.double == 1e-5)
  }
}

@Suite struct JSONRefusalTests {
  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "[1 2]",
    "[,1]", "[1}", "{]",
    "{\"a\":1]", "01", "-", "-a", "1.", ".5", "1e", "1e+", "+1", "0x10", "NaN", "Infinity", "-Infinity",
    "tru", "nul",
    "True", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"a\nb\"", "\"a\tb\"", "1 2",
    "[] []", "[]x", "// a\n1",
    "[1 /* b */]", "\u{A0}1", "1\u{0}",
  ]) func notJSON(text: String) {
    #expect(throws: JSONError.self) { try JSON.parse(text) }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
      [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
      [0x22, 0xE2, 0x82, 0x22], [0x22, 0xE2, 0x82], [0x22, 0xF0, 0x9F, 0x98],
    ] as [[UInt8]]) func invalidUTF8(bytes: [UInt8]) throws
  {
    let error = try #require(throws: JSONError.self) { try JSON.parse(bytes) }
    #expect(error.reason.contains("UTF-8"))
    #expect(error.offset == 1)
  }

  @Test(arguments: [
    #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\ud800\n""#, #""\ud800x""#, #""\ud83d\ud83d\ude00""#,
  ])
  func loneSurrogates(text: String) throws {
    let error = try #require(throws: JSONError.self) { try JSON.parse(text) }
    #expect(error.reason.contains("surrogate"))
    #expect(try JSON.parse(text, loneSurrogates: .replace).string?.first == "\u{FFFD}")
  }

  @Test func replacedSurrogatesKeepWhatFollows() throws {
    let read = { try JSON.parse($0, loneSurrogates: .replace).string }
    #expect(try read(#""\ud800\u0041""#) == "\u{FFFD}A")
    #expect(try read(#""\ud800\n""#) == "\u{FFFD}\n")
    #expect(try read(#""\ud83d\ud83d\ude00""#) == "\u{FFFD}\u{1F600}")
  }

  @Test func nestingIsLimited() throws {
    let nested = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(throws: Never.self) { try JSON.parse(nested(128)) }
    let error = try #require(throws: JSONError.self) { try JSON.parse(nested(129)) }
    #expect(error.reason.contains("128"))
    #expect(error.offset == 128)
    #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[", count: 5_000_000)) }
    #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 1_000_000)) }
    #expect(throws: Never.self) { try JSON.parse(nested(JSON.depthLimit), maximumDepth: .max) }
    #expect(throws: JSONError.self) { try JSON.parse(nested(JSON.depthLimit + 1), maximumDepth: .max) }
  }

  @Test func everyTruncationIsRefused() {
    let document = Array(#"{"a": [1.5e1, "é\u20ac\"", {"b": [true, null]}], "c": {}}"#.utf8)
    for length in 0..<document.count {
      #expect(throws: JSONError.self, "first \(length) bytes") { try JSON.parse(document[..<length]) }
    }
    #expect(throws: Never.self) { try JSON.parse(document) }
  }

  @Test func placeAndReason() throws {
    let error = try #require(throws: JSONError.self) { try JSON.parse("{\n  \"a\": 1,\n  \"b\": NaN\n}") }
    #expect(error == JSONError(offset: 19, line: 3, reason: "expected a value, found 'N'"))
    #expect("\(error)" == "line 3, byte 19: expected a value, found 'N'")
    let end = try #require(throws: JSONError.self) { try JSON.parse("[1") }
    #expect(end.reason == "the document ends where ',' or ']' should be")
  }
}

@Suite struct JSONWritingTests {
  let json: JSON = ["b": [1, "a\"\\\n\u{1}\u{E9}"], "a": ["x": nil, "w": false], "e": [], "o": [:]]

  @Test func compact() {
    #expect(
      json.text()
        == "{\"b\":[1,\"a\\\"\\\\\\n\\u0001\u{E9}\"],\"a\":{\"x\":null,\"w\":false},\"e\":[],\"o\":{}}")
  }

  @Test func prettyAndSorted() {
    let expected = """
      {
        "a": {
          "w": false,
          "x": null
        },
        "b": [
          1,
          "a\\"\\\\\\n\\u0001\u{E9}"
        ],
        "e": [],
        "o": {}
      }

      """
    #expect(json.text(pretty: true, sortedKeys: true) == expected)
  }

  @Test(arguments: [true, false]) func readsBackEqual(pretty: Bool) throws {
    #expect(try JSON.parse(json.serialized(pretty: pretty)) == json)
  }

  @Test func numbersKeepTheirText() throws {
    let text = "[1.0,1e5,-0,123456789012345678901234567890]"
    #expect(try JSON.parse(text).text() == text)
    #expect(JSON(Double.infinity) == .null)
    #expect(JSON(0.1).text() == "0.1")
  }

  @Test func membersAreSetAndRemoved() throws {
    var object = JSONObject()
    object["a"] = 1
    object["b"] = "two"
    object["a"] = 3
    #expect(JSON.object(object).text() == #"{"a":3,"b":"two"}"#)
    object["a"] = .some(.null)
    object["b"] = nil
    #expect(JSON.object(object).text() == #"{"a":null}"#)
  }
}
