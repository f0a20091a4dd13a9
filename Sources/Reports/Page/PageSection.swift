/// A part of the page with a heading.
struct PageSection {
  /// What links to it name.
  var id: String
  /// The heading.
  var title: String
  /// What is shown and how to read it.
  var explanation: String?
  /// The rest.
  var body: Markup

  /// The section.
  var markup: Markup {
    Markup("section", ["id": id, "aria-labelledby": "\(id)-heading"]) {
      Markup("h2", ["id": "\(id)-heading"]) { title }
      if let explanation { Markup("p", ["class": "explanation"]) { explanation } }
      body
    }
  }
}

extension Page {
  /// The sections that have content, in reading order: results, how they came about, single facts, settings.
  var sections: [PageSection] { metrics + curves + weights + drift + facts + settings }

  private var metrics: [PageSection] {
    guard !content.metrics.isEmpty else { return [] }
    return [
      PageSection(id: "metrics", title: "Metrics", body: MetricTableMarkup.tables(content.metrics))
    ]
  }

  private var curves: [PageSection] {
    charts(
      content.retention, id: "retention", title: "Retention",
      explanation: """
        How edits fare as more are made after them. Each line is a cohort, edits made together; it begins when they are \
        made. A level line keeps what was edited, a falling one forgets it.
        """)
      + charts(
        content.ability, id: "ability", title: "General ability",
        explanation: """
          Tasks that have nothing to do with the edited facts. The first point is the model before any edit.
          """)
      + charts(
        content.perplexity, id: "perplexity", title: "Perplexity",
        explanation: "How surprised the model is by text that no edit is about. Lower is better.")
  }

  private var weights: [PageSection] {
    charts(
      content.normGrowth, id: "norm-growth", title: "Growth of the weights' change",
      explanation: """
        The Frobenius norm of all that was added to a layer's weight so far, over the norm of the weight as it was. \
        Growth without end comes before collapse.
        """)
      + charts(
        content.spectra, id: "spectrum", title: "Spectrum and null space",
        explanation: """
          The eigenvalues of each edited layer's second moment of keys, greatest first. Directions with eigenvalues \
          below the threshold carry next to nothing of what the model knows; edits are confined to them.
          """)
  }

  private var drift: [PageSection] {
    charts(
      content.drift, id: "drift", title: "Drift of hidden states",
      explanation: """
        Hidden states of facts that the model knows and that were not edited, projected onto two dimensions, with the \
        density along each. The large marks are the means. The more the two clouds agree, the less was disturbed.
        """)
  }

  private var facts: [PageSection] {
    guard !content.facts.isEmpty else { return [] }
    return [
      PageSection(
        id: "facts", title: "Facts",
        explanation: """
          A sample of the edited facts with the text that follows the prompt. Teacher-forced: each token of the target \
          is the likeliest, given the target's earlier ones. Freely: the greedy continuation says the target.
          """,
        body: FactMarkup.list(content.facts))
    ]
  }

  private var settings: [PageSection] {
    guard !content.settings.isEmpty else { return [] }
    return [
      PageSection(id: "settings", title: "Settings", body: SettingsMarkup.groups(content.settings))
    ]
  }

  private func charts(
    _ charts: [any Chart], id: String, title: String, explanation: String
  ) -> [PageSection] {
    guard !charts.isEmpty else { return [] }
    return [
      PageSection(
        id: id, title: title, explanation: explanation, body: FigureMarkup.grid(charts, id: id))
    ]
  }
}
