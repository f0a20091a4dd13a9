import StrictJSON

/// The records of a file of facts, each with its place: a JSON array, JSON lines, or one object.
struct FactRecordList {
  /// One record that is an object.
  struct Record {
    var object: JSONObject
    /// Counted from 1.
    var number: Int
    /// Where it starts, counted from 1.
    var line: Int
  }

  private(set) var records: [Record] = []
  private(set) var problems: [FactError.Problem] = []

  /// Reads the records of `bytes`, at most `limit` from the start; what is wrong is in `problems`.
  init(_ bytes: [UInt8], limit: Int? = nil) {
    let limit = max(0, limit ?? Int.max)
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let start = bytes[(hasMark ? 3 : 0)...].firstIndex { !Self.isSpace($0) }
    guard let start else {
      problems = [FactError.Problem(record: nil, line: nil, fault: .noRecords)]
      return
    }
    switch bytes[start] {
    case UInt8(ascii: "["): readArray(bytes, start, limit)
    case UInt8(ascii: "{"):
      let lines = Self.lines(bytes, from: start)
      if let first = lines.first, (try? JSON.parse(bytes[first.range])) != nil {
        readLines(bytes, lines.prefix(limit))
      } else {
        readDocument(bytes, Self.line(of: start, in: bytes))
      }
    default:
      let reason =
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        ? "is UTF-16; save it as UTF-8" : "is neither a JSON array, nor JSON lines, nor a JSON object"
      let line = Self.line(of: start, in: bytes)
      problems = [FactError.Problem(record: nil, line: line, fault: .unknownShape(reason: reason))]
    }
  }

  private mutating func readArray(_ bytes: [UInt8], _ start: Int, _ limit: Int) {
    let document: JSON
    do { document = try JSON.parse(bytes) } catch {
      problems.append(Self.problem(error))
      return
    }
    let elements = document.array ?? []
    if elements.isEmpty { problems.append(FactError.Problem(record: nil, line: nil, fault: .noRecords)) }
    for (index, (element, line)) in zip(elements, Self.elementLines(bytes, start)).prefix(limit).enumerated()
    {
      append(element, number: index + 1, line: line)
    }
  }

  private mutating func readDocument(_ bytes: [UInt8], _ line: Int) {
    do { append(try JSON.parse(bytes), number: 1, line: line) } catch { problems.append(Self.problem(error)) }
  }

  private mutating func readLines(_ bytes: [UInt8], _ lines: ArraySlice<(range: Range<Int>, number: Int)>) {
    for (index, line) in lines.enumerated() {
      do {
        append(try JSON.parse(bytes[line.range]), number: index + 1, line: line.number)
      } catch {
        let reason = "\(error.reason) (byte \(error.offset) of the line)"
        problems.append(
          FactError.Problem(record: index + 1, line: line.number, fault: .notJSON(reason: reason)))
      }
    }
  }

  private mutating func append(_ json: JSON, number: Int, line: Int) {
    if let object = json.object {
      records.append(Record(object: object, number: number, line: line))
    } else {
      let fault = FactFault.notAnObject(found: json.kind)
      problems.append(FactError.Problem(record: number, line: line, fault: fault))
    }
  }

  private static func problem(_ error: JSONError) -> FactError.Problem {
    let fault = FactFault.notJSON(reason: "\(error.reason) (byte \(error.offset))")
    return FactError.Problem(record: nil, line: error.line, fault: fault)
  }

  /// The lines that are not blank, from the one that starts at `start`.
  private static func lines(_ bytes: [UInt8], from start: Int) -> [(range: Range<Int>, number: Int)] {
    var lines: [(range: Range<Int>, number: Int)] = []
    var number = line(of: start, in: bytes)
    var lineStart = start
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: 0x0A) ?? bytes.count
      if bytes[lineStart..<lineEnd].contains(where: { !isSpace($0) }) {
        lines.append((lineStart..<lineEnd, number))
      }
      lineStart = lineEnd + 1
      number += 1
    }
    return lines
  }

  /// The line on which each element starts, of the array that opens at `start` in bytes that are valid JSON.
  private static func elementLines(_ bytes: [UInt8], _ start: Int) -> [Int] {
    var lines: [Int] = []
    var line = line(of: start, in: bytes)
    var depth = 0
    var isInString = false
    var isEscaped = false
    var expectsElement = false
    for byte in bytes[start...] {
      if byte == 0x0A { line += 1 }
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      if depth == 1, expectsElement, !isSpace(byte), byte != UInt8(ascii: "]") {
        lines.append(line)
        expectsElement = false
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        expectsElement = depth == 0
        depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ",") where depth == 1: expectsElement = true
      default: break
      }
    }
    return lines
  }

  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    bytes[..<offset].count { $0 == 0x0A } + 1
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
