import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an XML parser finds wrong with `text`; `nil`: nothing.
func flaw(in text: String) -> String? {
  let parser = XMLParser(data: Data(text.utf8))
  guard parser.parse() else {
    return
      "line \(parser.lineNumber), column \(parser.columnNumber): \(String(describing: parser.parserError))"
  }
  return nil
}

extension String {
  /// How often `part` occurs.
  func occurrences(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
