import Experiments
import Foundation

extension CheckReport {
  /// The report as a person reads it: a line for each check, and what was found where not all is well.
  var text: String {
    let judgement =
      isFit ? "fit to ship" : "NOT fit to ship: \(failures.count) of \(results.count) checks failed"
    let count = factCount.map { ", \(grouped($0)) facts" } ?? ""
    let rows = results.map { result in
      [
        "\(result.verdict.mark) \(result.kind.title)", result.message.shortened(to: 60),
        result.figure(result.base), result.figure(result.edited), result.boundText ?? "",
      ]
    }
    let heading = ["check", "", "base", "edited", "bound"]
    let notes = results.filter { !$0.details.isEmpty && $0.verdict != .pass }.map { result in
      "\n\(result.verdict.mark) \(result.kind.title): \(result.message)\n"
        + result.details.map { "    \($0.shortened(to: 200))\n" }.joined()
    }
    return
      "\(settings.model.lastPathComponent) against \(settings.base.lastPathComponent)\(count): \(judgement)\n\n"
      + table([heading] + rows, textColumns: 2) + notes.joined()
  }
}

extension CheckResult {
  /// A figure in its unit.
  fileprivate func figure(_ value: Double?) -> String {
    guard let value else { return "" }
    return kind.isShare ? percent(value) : significant(value)
  }
}
