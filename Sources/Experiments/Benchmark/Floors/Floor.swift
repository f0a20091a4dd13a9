import Torch

/// The sizes of a product of matrices, X [rows, inner] · W [inner, outer].
struct MatrixProduct: Hashable {
  /// How many rows, e.g. tokens, are multiplied at once.
  let rows: Int
  let inner: Int
  let outer: Int

  /// A multiplication and an addition for each element of W and each row.
  var flops: Double { 2 * Double(rows) * Double(inner) * Double(outer) }

  /// Rows, and what the product of a gradient has: [rows, outer] · Wᵀ [outer, inner].
  var backward: MatrixProduct { MatrixProduct(rows: rows, inner: outer, outer: inner) }
}

/// The least work of a computation, and from it the least time that a machine can do it in.
///
/// Counted are the products of matrices that any way of doing it must take, and the bytes that must come from memory: each weight
/// once for each set of tokens that is run through it together, for a machine's caches hold none of them from one block to the
/// next. Norms, activations, attention between tokens (prompts are short) and everything that could be left out are not counted, so
/// nothing is faster than this.
struct Floor {
  /// Work during which products and reading can overlap.
  struct Stage {
    /// The products, and how many of each there are.
    var products: [(product: MatrixProduct, count: Double)] = []
    /// The type they are in.
    var dtype: DType
    /// Bytes read from memory.
    var bytes = 0.0

    var flops: Double { products.reduce(0) { $0 + $1.count * $1.product.flops } }

    /// As long as products take at their rates, or reading at memory's, whichever is longer.
    func seconds(on machine: some Rates) throws -> Double {
      let multiplying = try products.reduce(0.0) {
        try $0 + $1.count * $1.product.flops / machine.rate(of: $1.product, dtype)
      }
      return max(multiplying, try bytes / machine.bandwidth)
    }

    /// The same work so many times over.
    func times(_ factor: Double) -> Stage {
      Stage(
        products: products.map { ($0.product, $0.count * factor) }, dtype: dtype, bytes: bytes * factor)
    }
  }

  /// What must happen one after the other.
  var stages: [Stage]

  var flops: Double { stages.reduce(0) { $0 + $1.flops } }
  var bytes: Double { stages.reduce(0) { $0 + $1.bytes } }

  /// The same work so many times over.
  func times(_ count: Int) -> Floor { Floor(stages: stages.map { $0.times(Double(count)) }) }

  /// The least time.
  func seconds(on machine: some Rates) throws -> Double {
    try stages.reduce(0) { try $0 + $1.seconds(on: machine) }
  }
}
