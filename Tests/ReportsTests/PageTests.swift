import Testing

@testable import Reports

@Suite struct PageTests {
  private static let attack = "<script>alert(\"x\")</script> & 'more'\u{0}"

  /// A report in which every text is hostile and every part is there.
  private static var full: ReportContent {
    var content = ReportContent(title: attack, subtitle: attack)
    let points = [ChartPoint(0, 1), ChartPoint(100, 2), ChartPoint(200, .nan)]
    content.warnings = [attack]
    content.metrics = [
      MetricTable(
        title: attack,
        columns: [
          .init("Unedited", isBaseline: true), .init("AlphaEdit", group: attack),
          .init("MEMIT", group: attack),
        ],
        groups: [
          .init(
            attack,
            rows: [
              .init(attack, attack, [2.5, .init(97.25, deviation: 1.5), 60], unit: attack, better: .higher),
              .init("Perplexity", "On text.", [20, 25, nil], unit: nil, better: .lower),
            ])
        ])
    ]
    content.retention = [
      .retention(attack, cohorts: [ChartSeries(attack, points), ChartSeries("b", points)])
    ]
    content.ability = [.ability(attack, tasks: [ChartSeries(attack, points)])]
    content.perplexity = [.perplexity(points)]
    content.perplexity[0].references = [ReferenceLine(1.5, label: attack)]
    content.normGrowth = [.normGrowth(layers: [ChartSeries(attack, points)])]
    content.spectra = [SpectrumChart(title: attack, caption: attack, eigenvalues: [3, 2, 1], threshold: 2)]
    content.drift = [ScatterChart(title: attack, clouds: [ChartSeries(attack, points)])]
    content.facts = [
      FactSample(
        prompt: attack, target: "<b>", formerTarget: attack, origin: attack,
        continuations: [
          .init(model: attack, text: "it is <b> now", saysTeacherForced: true, saysFreely: false)
        ])
    ]
    content.settings = [SettingsGroup(attack, [attack: attack])]
    content.footer = attack
    return content
  }

  @Test func everyTextIsEscaped() {
    let page = Self.full.html()
    #expect(flaw(in: page) == nil)
    #expect(!page.contains("<script"))
    #expect(!page.contains("alert(\""))
    #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39;\u{FFFD}"))
  }

  @Test func theSameContentGivesTheSamePage() {
    #expect(Self.full.html() == Self.full.html())
  }

  @Test func itLoadsNothing() {
    let page = Self.full.html().replacing("xmlns=\"http://www.w3.org/2000/svg\"", with: "")
    for part in ["http:", "https:", " src=", "url(", "@import", "<link", "<img"] {
      #expect(!page.contains(part), "the page holds \(part)")
    }
  }

  @Test func everySectionIsLinked() {
    let page = Self.full.html()
    for id in [
      "metrics", "retention", "ability", "perplexity", "norm-growth", "spectrum", "drift", "facts",
      "settings",
    ] {
      #expect(page.contains("<a href=\"#\(id)\">"))
      #expect(page.occurrences(of: "<section id=\"\(id)\"") == 1)
    }
  }

  @Test func identifiersAreUnique() {
    let identifiers = Self.full.html().matches(of: #/ id="([^"]*)"/#).map { String($0.1) }
    #expect(Set(identifiers).count == identifiers.count)
  }

  @Test func aBareReportIsAPage() {
    let page = ReportContent(title: "Nothing yet").html()
    #expect(flaw(in: page) == nil)
    #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(page.contains("<h1 dir=\"auto\">Nothing yet</h1>"))
    #expect(!page.contains("<section"))
    #expect(!page.contains("<nav"))
  }

  @Test func differencesAndTheBestValueAreShown() {
    let page = Self.full.html()
    #expect(page.contains("<th scope=\"colgroup\" colspan=\"2\">"))
    #expect(
      page.contains(
        """
        <td class="best"><span class="value">97.2</span><span class="deviation"> ± 1.5</span>\
        <span class="difference better" title="difference from Unedited">+94.8</span></td>
        """))
    #expect(page.contains("<td class=\"missing\">–</td>"))
    #expect(
      page.contains(
        "<span class=\"difference worse\" title=\"difference from Unedited\">+5.0</span>"))
  }

  @Test func theTargetIsMarkedAndItsSayingTold() {
    let page = Self.full.html()
    #expect(page.contains("…it is <mark>&lt;b&gt;</mark> now"))
    #expect(page.contains("<span class=\"said\">✓ teacher-forced</span>"))
    #expect(page.contains("<span class=\"said not\">✗ not freely</span>"))
  }

  @Test func missingAndTooManyValuesInATableDoNotTrap() {
    var content = ReportContent(title: "t")
    content.metrics = [
      MetricTable(
        columns: [.init("a")], groups: [.init("g", rows: [.init("m", "", []), .init("n", "", [1, 2])])]),
      MetricTable(columns: [], groups: [.init("g", rows: [.init("m", "", [1])])]),
    ]
    #expect(flaw(in: content.html()) == nil)
  }

  @Test func theSizeIsBounded() {
    var content = ReportContent(title: String(repeating: "x", count: 1_000_000))
    let text = String(repeating: "<", count: 100_000)
    let fact = FactSample(prompt: text, target: "t", continuations: [.init(model: "m", text: text)])
    content.facts = Array(repeating: fact, count: 300)
    content.settings = [SettingsGroup(text, Array(repeating: (name: text, value: text), count: 300))]
    let line = ChartSeries("l", (0..<20_000).map { ChartPoint(Double($0), Double($0 % 100)) })
    content.retention = [.retention("e", cohorts: Array(repeating: line, count: 70))]
    let page = content.html()
    #expect(page.utf8.count < 8_000_000)
    #expect(page.contains("200 of 300 facts are shown."))
    #expect(page.contains("64 of 70 lines are shown."))
    #expect(page.contains("200 of 300 settings are shown."))
  }
}
