import Torch

/// The weights below one module's name, so that names stand in the code as they stand in the checkpoint.
struct WeightScope {
  let source: any WeightSource
  private let path: String

  init(_ source: any WeightSource) {
    self.source = source
    path = ""
  }

  private init(_ source: any WeightSource, _ path: String) {
    self.source = source
    self.path = path
  }

  /// The weights of a module within this one.
  subscript(_ name: String) -> WeightScope { WeightScope(source, join(name)) }

  /// The weights of a numbered module within this one.
  subscript(_ index: Int) -> WeightScope { self["\(index)"] }

  func has(_ name: String) -> Bool { source.has(join(name)) }

  func tensor(_ name: String, _ shape: Int...) throws -> Tensor {
    try source.tensor(join(name), shape: shape)
  }

  func linear(
    _ name: String, _ inputWidth: Int, _ outputWidth: Int, bias: Bool, storage: Linear.Storage = .outIn
  ) throws -> Linear {
    let shape = storage == .outIn ? [outputWidth, inputWidth] : [inputWidth, outputWidth]
    let weightName = join(name) + ".weight"
    return Linear(
      name: join(name), tensorName: source.storedName(weightName),
      weight: try source.tensor(weightName, shape: shape),
      bias: bias ? try tensor(name + ".bias", outputWidth) : nil, storage: storage)
  }

  func layerNorm(_ name: String, _ width: Int, _ epsilon: Double) throws -> LayerNorm {
    LayerNorm(
      weight: try tensor(name + ".weight", width), bias: try tensor(name + ".bias", width), epsilon: epsilon)
  }

  func rmsNorm(_ name: String, _ width: Int, _ epsilon: Double) throws -> RMSNorm {
    RMSNorm(weight: try tensor(name + ".weight", width), epsilon: epsilon)
  }

  func offsetRMSNorm(_ name: String, _ width: Int, _ epsilon: Double) throws -> OffsetRMSNorm {
    OffsetRMSNorm(offset: try tensor(name + ".weight", width), epsilon: epsilon)
  }

  /// The embedding and the head's weight [V, d], which are one where they are tied.
  ///
  /// Tied ones may be stored under either name, or under both if they are equal.
  func embeddingAndHead(
    _ embeddingName: String, _ headName: String, _ shape: ModelShape, tied: Bool
  ) throws -> (embedding: Tensor, head: Tensor) {
    let (embeddingName, headName) = (embeddingName + ".weight", headName + ".weight")
    func weight(_ name: String) throws -> Tensor { try tensor(name, shape.vocabularySize, shape.width) }
    if tied, has(headName), !has(embeddingName) {
      let shared = try weight(headName)
      return (shared, shared)
    }
    let embedding = try weight(embeddingName)
    guard has(headName) else {
      if tied { return (embedding, embedding) }
      throw LanguageModelError.missingWeight(
        name: join(headName), file: source.origin,
        advice: "If the head is the embedding, config.json must say so: \"tie_word_embeddings\": true.")
    }
    let head = try weight(headName)
    if !tied { return (embedding, head) }
    guard try head.equal(embedding).all() else {
      throw LanguageModelError.untiedHead(name: join(headName), file: source.origin)
    }
    return (embedding, embedding)
  }

  private func join(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
}
