/// How far a long computation has come.
public struct ProgressUpdate: Sendable, Equatable {
  /// What is being done: "Key statistics", "Target values".
  public var phase: String
  /// How much of it is done, in ``unit``s.
  public var done: Int
  /// How much there is to do, where that is known.
  public var total: Int?
  /// What is counted, in the plural: "documents", "facts".
  public var unit: String
  /// Seconds since the phase began.
  public var elapsed = 0.0
  /// Seconds it will take from here at the rate so far, where that can be told.
  public var timeLeft: Double?
  /// A figure worth showing beside the bar, such as "1,840 tokens/s".
  public var detail: String?
}

/// Receives news of a long computation, on the thread that computes, a few times a second at most.
public typealias ProgressHandler = (ProgressUpdate) -> Void

/// Turns counts into ``ProgressUpdate``s for one phase: adds rate and time left, and drops news that comes too often.
public struct ProgressMeter {
  private let phase: String
  private let unit: String
  private let total: Int?
  private let handler: ProgressHandler?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var next: ContinuousClock.Instant

  /// The shortest time between two updates that are passed on.
  private static let interval = Duration.milliseconds(100)

  /// A meter that starts now.
  public init(phase: String, unit: String, total: Int? = nil, handler: ProgressHandler?) {
    self.phase = phase
    self.unit = unit
    self.total = total
    self.handler = handler
    start = clock.now
    next = start
  }

  /// Seconds since the phase began.
  public var elapsed: Double { start.duration(to: clock.now) / .seconds(1) }

  /// Reports that `done` units are done.
  ///
  /// - Parameters:
  ///   - share: the share of the work that is done, from 0 to 1, where `done` is not a fair measure of it
  ///   - detail: a figure worth showing
  public mutating func report(_ done: Int, share: Double? = nil, detail: String? = nil) {
    guard let handler else { return }
    let now = clock.now
    let isLast = total.map { done >= $0 } ?? false
    guard isLast || now >= next else { return }
    next = now + Self.interval
    let share = share ?? total.map { Double(done) / Double(max(1, $0)) }
    let elapsed = elapsed
    handler(
      ProgressUpdate(
        phase: phase, done: done, total: total, unit: unit, elapsed: elapsed,
        timeLeft: share.flatMap { $0 > 0 ? elapsed * max(0, 1 / $0 - 1) : nil }, detail: detail))
  }
}
