import Testing

@testable import Reports

@Suite struct ScaleTests {
  @Test func linearTicksAreExactMultiples() {
    let ticks = Scale(.linear, from: 0, to: 1, start: 0, end: 1).ticks(5)
    #expect(ticks.map(\.value) == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(ticks.map(\.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(Tick.linear(from: -30, to: 120, count: 3).map(\.value) == [0, 50, 100])
    #expect(Tick.linear(from: 0.07, to: 0.31, count: 5).map(\.value) == [0.1, 0.15, 0.2, 0.25, 0.3])
    #expect(Tick.linear(from: 0, to: 2000, count: 5).map(\.label) == ["0", "500", "1,000", "1,500", "2,000"])
    #expect(Tick.linear(from: -0.5, to: 0.5, count: 2).map(\.label) == ["−0.5", "0.0", "0.5"])
  }

  @Test func smallAndGreatTicksAreWrittenAsPowers() {
    #expect(
      Tick.linear(from: 0, to: 4e-6, count: 4).map(\.label) == ["0", "10⁻⁶", "2×10⁻⁶", "3×10⁻⁶", "4×10⁻⁶"])
    #expect(Tick.linear(from: 0, to: 3e9, count: 3).map(\.label).last == "3×10⁹")
  }

  @Test func logarithmicTicksArePowersOfTen() {
    #expect(
      Tick.logarithmic(from: 0.01, to: 100, count: 5).map(\.label) == ["0.01", "0.1", "1", "10", "100"])
    let wide = Tick.logarithmic(from: 1e-12, to: 1e6, count: 5)
    #expect(wide.map(\.label) == ["10⁻¹²", "10⁻⁸", "10⁻⁴", "10⁰", "10⁴"])
    #expect(wide.map(\.value).first == 1e-12)
    #expect(Tick.logarithmic(from: 3, to: 70, count: 5).map(\.value) == [5, 10, 20, 50])
    #expect(Tick.logarithmic(from: 24, to: 27, count: 5).map(\.value) == [24, 24.5, 25, 25.5, 26, 26.5, 27])
  }

  @Test func positionsAreProportional() {
    let linear = Scale(.linear, from: 10, to: 20, start: 100, end: 0)
    #expect(linear.position(10) == 100)
    #expect(linear.position(15) == 50)
    #expect(linear.position(1_000) == 0)
    let logarithmic = Scale(.logarithmic, from: 1, to: 100, start: 0, end: 10)
    #expect(logarithmic.position(10) == 5)
  }

  @Test func whatHasNoPlaceHasNoPosition() {
    let linear = Scale(.linear, from: 0, to: 1, start: 0, end: 1)
    #expect(linear.position(.nan) == nil)
    #expect(linear.position(.infinity) == nil)
    #expect(linear.position(1e200) == nil)
    let logarithmic = Scale(.logarithmic, from: 1, to: 2, start: 0, end: 1)
    #expect(logarithmic.position(0) == nil)
    #expect(logarithmic.position(-1) == nil)
  }

  @Test(arguments: [0.0, 5, -3, 1e15, 1e-90, 1e99])
  func oneValueHasRoomOnBothSides(_ value: Double) throws {
    let scale = Scale(.linear, from: value, to: value, start: 0, end: 10)
    #expect(try abs(#require(scale.position(value)) - 5) < 1e-6)
    #expect(scale.ticks(5).count < 20)
    #expect(scale.extendedToTicks(5).ticks(5).count < 20)
  }

  @Test(arguments: [(1e15, 1e15 + 1), (-1e99, 1e99), (1e-300, 1e-299), (-1e-99, 1e99)])
  func extremeRangesDoNotTrap(_ range: (Double, Double)) {
    let scale = Scale(.linear, from: range.0, to: range.1, start: 0, end: 1)
    #expect(scale.ticks(5).count < 20)
    #expect(scale.extendedToTicks(5).ticks(5).count < 20)
    #expect(Tick.logarithmic(from: .leastNonzeroMagnitude, to: 1e99, count: 5).count < 20)
  }

  @Test func endsMoveToTicks() {
    let scale = Scale(.linear, from: 0.3, to: 9.1, start: 0, end: 1).extendedToTicks(5)
    #expect(scale.lower == 0)
    #expect(scale.upper == 10)
    let round = Scale(.linear, from: 0, to: 0.004, start: 0, end: 1).extendedToTicks(5)
    #expect(round.lower == 0)
    #expect(round.upper == 0.004)
  }
}
