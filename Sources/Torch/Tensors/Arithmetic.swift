import CTorch

extension Tensor {
  private static func binary(
    _ name: String, _ op: ct_binary, _ a: Tensor, _ b: Tensor
  ) throws(TorchError) -> Tensor {
    try make(name, [a, b]) { ct_apply_binary(op, a.handle, b.handle) }
  }

  private static func scalar(
    _ name: String, _ op: ct_binary, _ a: Tensor, _ b: Double
  ) throws(TorchError) -> Tensor {
    try make(name, [a]) { ct_apply_scalar(op, a.handle, b) }
  }

  private func unary(_ name: String, _ op: ct_unary) throws(TorchError) -> Tensor {
    try Tensor.make(name, [self]) { ct_apply_unary(op, handle) }
  }

  /// Element by element, broadcasting.
  public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try binary("+", CT_ADD, a, b) }
  /// Element by element, broadcasting.
  public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try binary("-", CT_SUB, a, b) }
  /// Element by element, broadcasting.
  public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try binary("*", CT_MUL, a, b) }
  /// Element by element, broadcasting.
  public static func / (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try binary("/", CT_DIV, a, b) }
  /// A number added to every element.
  public static func + (a: Tensor, b: Double) throws(TorchError) -> Tensor { try scalar("+", CT_ADD, a, b) }
  /// A number taken from every element.
  public static func - (a: Tensor, b: Double) throws(TorchError) -> Tensor { try scalar("-", CT_SUB, a, b) }
  /// Every element times a number.
  public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor { try scalar("*", CT_MUL, a, b) }
  /// Every element divided by a number.
  public static func / (a: Tensor, b: Double) throws(TorchError) -> Tensor { try scalar("/", CT_DIV, a, b) }
  /// The opposite of every element.
  public static prefix func - (a: Tensor) throws(TorchError) -> Tensor { try a.unary("-", CT_NEG) }

  /// Where elements are equal.
  public func equal(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor.binary("equal", CT_EQ, self, other)
  }
  /// Where elements equal a number.
  public func equal(_ value: Double) throws(TorchError) -> Tensor {
    try Tensor.scalar("equal", CT_EQ, self, value)
  }
  /// Where elements are below a number.
  public func less(_ value: Double) throws(TorchError) -> Tensor {
    try Tensor.scalar("less", CT_LT, self, value)
  }
  /// Where elements are below those of another tensor.
  public func less(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor.binary("less", CT_LT, self, other)
  }
  /// Where elements are at most those of another tensor.
  public func lessOrEqual(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor.binary("lessOrEqual", CT_LE, self, other)
  }
  /// Where elements are at least a number.
  public func greaterOrEqual(_ value: Double) throws(TorchError) -> Tensor {
    try Tensor.scalar("greaterOrEqual", CT_GE, self, value)
  }
  /// Where elements are above a number.
  public func greater(_ value: Double) throws(TorchError) -> Tensor {
    try Tensor.scalar("greater", CT_GT, self, value)
  }
  /// Where both hold.
  public func and(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor.binary("and", CT_AND, self, other)
  }
  /// Where either holds.
  public func or(_ other: Tensor) throws(TorchError) -> Tensor { try Tensor.binary("or", CT_OR, self, other) }
  /// Where it does not hold.
  public func not() throws(TorchError) -> Tensor { try unary("not", CT_NOT) }
  /// The larger of two, element by element.
  public func maximum(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor.binary("maximum", CT_MAXIMUM, self, other)
  }
  /// The smaller of two, element by element.
  public func minimum(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor.binary("minimum", CT_MINIMUM, self, other)
  }
  /// Elements, or the bound where they are below it.
  public func atLeast(_ bound: Double) throws(TorchError) -> Tensor {
    try Tensor.scalar("atLeast", CT_MAXIMUM, self, bound)
  }
  /// Elements raised to a power.
  public func power(_ exponent: Double) throws(TorchError) -> Tensor {
    try Tensor.scalar("power", CT_POW, self, exponent)
  }
  /// Elements held within a range.
  public func clamp(_ range: ClosedRange<Double>) throws(TorchError) -> Tensor {
    try Tensor.make("clamp", [self]) { ct_clamp(handle, range.lowerBound, range.upperBound) }
  }

  /// eˣ of every element.
  public func exp() throws(TorchError) -> Tensor { try unary("exp", CT_EXP) }
  /// The natural logarithm of every element.
  public func log() throws(TorchError) -> Tensor { try unary("log", CT_LOG) }
  /// The square root of every element.
  public func sqrt() throws(TorchError) -> Tensor { try unary("sqrt", CT_SQRT) }
  /// One over the square root of every element.
  public func rsqrt() throws(TorchError) -> Tensor { try unary("rsqrt", CT_RSQRT) }
  /// The absolute value of every element.
  public func abs() throws(TorchError) -> Tensor { try unary("abs", CT_ABS) }
  /// The square of every element.
  public func square() throws(TorchError) -> Tensor { try unary("square", CT_SQUARE) }
  /// One over every element.
  public func reciprocal() throws(TorchError) -> Tensor { try unary("reciprocal", CT_RECIPROCAL) }
  /// Every element rounded to the nearest whole number, halves to the even one.
  public func round() throws(TorchError) -> Tensor { try unary("round", CT_ROUND) }
  /// The sine of every element.
  public func sin() throws(TorchError) -> Tensor { try unary("sin", CT_SIN) }
  /// The cosine of every element.
  public func cos() throws(TorchError) -> Tensor { try unary("cos", CT_COS) }
  /// The hyperbolic tangent of every element.
  public func tanh() throws(TorchError) -> Tensor { try unary("tanh", CT_TANH) }
  /// The logistic function of every element.
  public func sigmoid() throws(TorchError) -> Tensor { try unary("sigmoid", CT_SIGMOID) }
  /// x · sigmoid(x).
  public func silu() throws(TorchError) -> Tensor { try unary("silu", CT_SILU) }
  /// x · Φ(x).
  public func gelu() throws(TorchError) -> Tensor { try unary("gelu", CT_GELU) }
  /// GELU's approximation by tanh, "gelu_new".
  public func geluTanh() throws(TorchError) -> Tensor { try unary("geluTanh", CT_GELU_TANH) }
  /// max(x, 0).
  public func relu() throws(TorchError) -> Tensor { try unary("relu", CT_RELU) }
  /// Where elements are neither infinite nor NaN.
  public func isFinite() throws(TorchError) -> Tensor { try unary("isFinite", CT_ISFINITE) }

  /// Adds `other` in place.
  public func addInPlace(_ other: Tensor) throws(TorchError) {
    try Tensor.run("addInPlace", [self, other]) { ct_apply_binary_(CT_ADD, handle, other.handle) }
  }
  /// Subtracts `other` in place.
  public func subtractInPlace(_ other: Tensor) throws(TorchError) {
    try Tensor.run("subtractInPlace", [self, other]) { ct_apply_binary_(CT_SUB, handle, other.handle) }
  }
  /// Multiplies by `other`, element by element, in place.
  public func multiplyInPlace(_ other: Tensor) throws(TorchError) {
    try Tensor.run("multiplyInPlace", [self, other]) { ct_apply_binary_(CT_MUL, handle, other.handle) }
  }
  /// Multiplies by a number in place.
  public func multiplyInPlace(_ value: Double) throws(TorchError) {
    try Tensor.run("multiplyInPlace", [self]) { ct_apply_scalar_(CT_MUL, handle, value) }
  }
  /// Replaces every element x by eˣ.
  public func expInPlace() throws(TorchError) {
    try Tensor.run("expInPlace", [self]) { ct_apply_unary_(CT_EXP, handle) }
  }
  /// self += scale · a ∘ b, in place.
  public func addProductInPlace(_ a: Tensor, _ b: Tensor, scale: Double = 1) throws(TorchError) {
    try Tensor.run("addProductInPlace", [self, a, b]) { ct_addcmul_(handle, a.handle, b.handle, scale) }
  }
  /// self = beta · self + alpha · a b (matrix product), in place.
  public func addMatmulInPlace(
    _ a: Tensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1
  ) throws(TorchError) {
    try Tensor.run("addMatmulInPlace", [self, a, b]) { ct_addmm_(handle, a.handle, b.handle, beta, alpha) }
  }
}
