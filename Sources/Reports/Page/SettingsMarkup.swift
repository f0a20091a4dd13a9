/// Settings.
enum SettingsMarkup {
  /// `groups` beside one another where there is room.
  static func groups(_ groups: [SettingsGroup]) -> Markup {
    Markup([
      Markup("div", ["class": "settings"]) {
        for group in groups.prefix(ReportLimits.rows) {
          Markup("section") {
            Markup("h3") { group.title.clipped(to: 200) }
            Markup("dl") {
              for (name, value) in group.settings.prefix(ReportLimits.rows) {
                Markup("div") {
                  Markup("dt") { name.clipped(to: 200) }
                  Markup("dd", ["dir": "auto"]) { value.clipped(to: ReportLimits.textLength) }
                }
              }
            }
            omission(shown: ReportLimits.rows, of: group.settings.count, "settings")
          }
        }
      },
      omission(shown: ReportLimits.rows, of: groups.count, "groups of settings"),
    ])
  }
}
