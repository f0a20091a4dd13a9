/// The whole page of a report.
struct Page {
  /// What it shows.
  let content: ReportContent

  /// The HTML document.
  var source: String {
    let sections = sections
    let page = Markup("html", ["lang": "en"]) {
      head
      Markup("body") {
        header(sections)
        Markup("main") {
          for section in sections { section.markup }
        }
        if let footer = content.footer {
          Markup("footer") { footer.clipped(to: ReportLimits.textLength) }
        }
      }
    }
    return "<!DOCTYPE html>\n" + page.source + "\n"
  }

  private var head: Markup {
    Markup("head") {
      Markup("meta", ["charset": "utf-8"])
      // The page promises to load nothing and to run nothing; this makes the browser hold it to that.
      Markup(
        "meta",
        [
          "http-equiv": "Content-Security-Policy",
          "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        ])
      Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
      Markup("meta", ["name": "color-scheme", "content": "light dark"])
      Markup("title") { content.title.clipped(to: 300) }
      Markup.styleSheet(StyleSheet.rules)
    }
  }

  private func header(_ sections: [PageSection]) -> Markup {
    Markup("header") {
      Markup("h1", ["dir": "auto"]) { content.title.clipped(to: 300) }
      if let subtitle = content.subtitle {
        Markup("p", ["class": "subtitle", "dir": "auto"]) { subtitle.clipped(to: ReportLimits.textLength) }
      }
      if sections.count > 1 {
        Markup("nav", ["aria-label": "Sections"]) {
          for section in sections { Markup("a", ["href": "#\(section.id)"]) { section.title } }
        }
      }
      if !content.warnings.isEmpty { warnings }
    }
  }

  private var warnings: Markup {
    Markup("aside", ["class": "warnings", "aria-label": "Warnings"]) {
      Markup("ul") {
        for warning in content.warnings.prefix(ReportLimits.rows) {
          Markup("li", ["dir": "auto"]) { warning.clipped(to: ReportLimits.textLength) }
        }
      }
      omission(shown: ReportLimits.rows, of: content.warnings.count, "warnings")
    }
  }
}

/// Says that not all of a list is shown; nothing where it is.
func omission(shown: Int, of count: Int, _ things: String) -> Markup {
  guard shown < count else { return .empty }
  return Markup("p", ["class": "note"]) {
    "\(NumberText.count(shown)) of \(NumberText.count(count)) \(things) are shown."
  }
}
