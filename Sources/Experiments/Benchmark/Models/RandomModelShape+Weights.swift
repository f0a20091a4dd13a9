/// A weight of a model of a given shape.
struct RandomWeight: Equatable {
  /// What it holds.
  enum Filling: Equatable {
    /// Draws from N(0, 0.02²), as both architectures are initialised.
    case draws
    /// The same number everywhere.
    case constant(Double)
  }

  /// The name that checkpoints give it.
  let name: String
  let shape: [Int]
  var filling = Filling.draws

  /// How many numbers it holds.
  var count: Int { shape.reduce(1, *) }
}

extension RandomModelShape {
  /// The weights of a checkpoint, from the embedding to the head.
  var weights: [RandomWeight] {
    switch architecture {
    case .gpt2: gpt2Weights
    case .llama: llamaWeights
    }
  }

  private var gpt2Weights: [RandomWeight] {
    func norm(_ name: String) -> [RandomWeight] {
      [
        RandomWeight(name: name + ".weight", shape: [width], filling: .constant(1)),
        RandomWeight(name: name + ".bias", shape: [width], filling: .constant(0)),
      ]
    }
    func affine(_ name: String, _ input: Int, _ output: Int) -> [RandomWeight] {
      [
        RandomWeight(name: name + ".weight", shape: [input, output]),
        RandomWeight(name: name + ".bias", shape: [output], filling: .constant(0)),
      ]
    }
    var weights = [
      RandomWeight(name: "transformer.wte.weight", shape: [vocabularySize, width]),
      RandomWeight(name: "transformer.wpe.weight", shape: [maximumPositions, width]),
    ]
    for block in 0..<blockCount {
      let name = "transformer.h.\(block)"
      weights += norm(name + ".ln_1")
      weights += affine(name + ".attn.c_attn", width, 3 * width)
      weights += affine(name + ".attn.c_proj", width, width)
      weights += norm(name + ".ln_2")
      weights += affine(name + ".mlp.c_fc", width, feedForwardWidth)
      weights += affine(name + ".mlp.c_proj", feedForwardWidth, width)
    }
    return weights + norm("transformer.ln_f")
  }

  private var llamaWeights: [RandomWeight] {
    func norm(_ name: String) -> RandomWeight {
      RandomWeight(name: name + ".weight", shape: [width], filling: .constant(1))
    }
    func linear(_ name: String, _ input: Int, _ output: Int) -> RandomWeight {
      RandomWeight(name: name + ".weight", shape: [output, input])
    }
    let keyWidth = keyValueHeads * headWidth
    var weights = [linear("model.embed_tokens", width, vocabularySize)]
    for block in 0..<blockCount {
      let name = "model.layers.\(block)"
      weights += [
        norm(name + ".input_layernorm"),
        linear(name + ".self_attn.q_proj", width, width),
        linear(name + ".self_attn.k_proj", width, keyWidth),
        linear(name + ".self_attn.v_proj", width, keyWidth),
        linear(name + ".self_attn.o_proj", width, width),
        norm(name + ".post_attention_layernorm"),
        linear(name + ".mlp.gate_proj", width, feedForwardWidth),
        linear(name + ".mlp.up_proj", width, feedForwardWidth),
        linear(name + ".mlp.down_proj", feedForwardWidth, width),
      ]
    }
    weights.append(norm("model.norm"))
    if !tiesHead { weights.append(linear("lm_head", width, vocabularySize)) }
    return weights
  }
}
