import KnowledgeEditing

extension Diagnosis {
  /// The diagnosis as a person reads it.
  var text: String {
    let width = findings.map(\.name.count).max() ?? 0
    let sections = sections.map { section in
      section.title.capitalized + "\n" + section.findings.map { $0.text(nameWidth: width) }.joined()
    }
    return (sections + [conclusion]).joined(separator: "\n")
  }

  private var conclusion: String {
    guard problems.isEmpty else {
      return problems.count == 1
        ? "1 problem would make an edit fail\n" : "\(problems.count) problems would make an edit fail\n"
    }
    return "Nothing stands in the way of an edit\n"
  }
}

extension Finding {
  fileprivate func text(nameWidth: Int) -> String {
    let mark = verdict == .absent ? "–" : verdict.rawValue
    let start = "  \(mark.padded(to: 7))  \(name.padded(to: nameWidth))  "
    let indent = String(repeating: " ", count: start.count)
    // Messages of several lines stay in their column.
    let lines = text.split(separator: "\n").joined(separator: "\n\(indent)")
    return start + lines + "\n" + (remedy.map { "\(indent)→ \($0)\n" } ?? "")
  }
}
