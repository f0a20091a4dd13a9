import KnowledgeEditing

/// Shows one phase at a time in the last line of a terminal: `Key statistics  [█████▌    ]  56 %  5,600/10,000 documents
/// 812/s  5 s left`. When a phase ends its line stays, with the time it took.
final class ProgressBar {
  private var phase: ProgressUpdate?
  private static let width = 24
  private static let eraseLine = "\r\u{1B}[2K"

  func show(_ update: ProgressUpdate) {
    if let phase, phase.phase != update.phase || update.done < phase.done { finish() }
    phase = update
    StandardError.write(Self.eraseLine + Self.line(update))
  }

  /// Ends the phase being shown.
  func finish() {
    guard let phase else { return }
    let took = "\(phase.phase): \(grouped(phase.done)) \(phase.unit) in \(phase.elapsed.asDuration)"
    StandardError.write(Self.eraseLine + took + "\n")
    self.phase = nil
  }

  static func line(_ update: ProgressUpdate) -> String {
    var parts = [update.phase]
    if let total = update.total {
      let share = Double(update.done) / Double(max(1, total))
      parts.append(bar(min(1, share)))
      parts.append("\(grouped(update.done))/\(grouped(total)) \(update.unit)")
    } else {
      parts.append("\(grouped(update.done)) \(update.unit)")
    }
    if let detail = update.detail {
      parts.append(detail)
    } else if update.elapsed > 1, update.done > 0 {
      parts.append(rate(Double(update.done) / update.elapsed))
    }
    if let left = update.timeLeft, left >= 1 { parts.append("\(left.asDuration) left") }
    return parts.joined(separator: "  ")
  }

  private static func bar(_ share: Double) -> String {
    let filled = Int(share * Double(width))
    return "[" + String(repeating: "█", count: filled) + String(repeating: " ", count: width - filled) + "]"
      + "\(Int(share * 100))".leftPadded(to: 4) + " %"
  }

  private static func rate(_ perSecond: Double) -> String {
    perSecond >= 1 ? "\(decimal(perSecond, 1))/s" : "\(decimal(1 / perSecond, 1)) s each"
  }
}
