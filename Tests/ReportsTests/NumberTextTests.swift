import Testing

@testable import Reports

@Suite struct NumberTextTests {
  @Test func fixedDigits() {
    #expect(NumberText.fixed(1234567.891, decimals: 2) == "1,234,567.89")
    #expect(NumberText.fixed(-0.04, decimals: 1) == "0.0")
    #expect(NumberText.fixed(-12.5, decimals: 1) == "−12.5")
    #expect(NumberText.fixed(.nan, decimals: 1) == "–")
    #expect(NumberText.fixed(1e300, decimals: 1) == "10³⁰⁰")
  }

  @Test func signs() {
    #expect(NumberText.signed(2.5, decimals: 1) == "+2.5")
    #expect(NumberText.signed(-2.5, decimals: 1) == "−2.5")
    #expect(NumberText.signed(0.001, decimals: 1) == "±0.0")
  }

  @Test func significantDigits() {
    #expect(NumberText.significant(0) == "0")
    #expect(NumberText.significant(2000) == "2,000")
    #expect(NumberText.significant(0.02) == "0.02")
    #expect(NumberText.significant(24.1372) == "24.14")
    #expect(NumberText.significant(123456, digits: 3) == "123,456")
    #expect(NumberText.significant(-2.5e-7) == "−2.5×10⁻⁷")
    #expect(NumberText.significant(1e9) == "10⁹")
    #expect(NumberText.count(-14336) == "−14,336")
  }
}
