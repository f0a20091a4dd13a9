import Checkpoints
import Foundation
import LanguageModels
import StrictJSON
import Torch

/// The sizes of the bundled model: a Llama whose feed-forward networks are wide for its width, so that the keys of
/// different subjects lie apart and edits find directions that nothing else uses.
struct DemoModel {
  var width = 96
  var feedForwardWidth = 768
  var blockCount = 5
  var headCount = 6
  var keyValueHeadCount = 2
  var maximumPositions = 256
  var vocabularySize: Int

  private var headWidth: Int { width / headCount }

  /// `config.json` as transformers writes it.
  var configuration: JSON {
    [
      "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
      "hidden_size": JSON(width), "intermediate_size": JSON(feedForwardWidth),
      "num_hidden_layers": JSON(blockCount), "num_attention_heads": JSON(headCount),
      "num_key_value_heads": JSON(keyValueHeadCount), "max_position_embeddings": JSON(maximumPositions),
      "vocab_size": JSON(vocabularySize), "rms_norm_eps": JSON(1e-5), "rope_theta": 10000,
      "rope_scaling": nil,
      "attention_bias": false, "attention_dropout": 0, "mlp_bias": false, "initializer_range": JSON(0.02),
      "tie_word_embeddings": false, "bos_token_id": 0, "eos_token_id": 1, "torch_dtype": "bfloat16",
      "use_cache": true,
    ]
  }

  /// Every weight by its name in a checkpoint, with its shape [out, in] and the deviation it starts with; nil
  /// for a norm, which starts as ones.
  ///
  /// Deviations are 1/√in, so that each map keeps the size of what goes through it, and maps onto the residual
  /// stream start smaller by √(2 · blocks), the number of terms that are added up there. (A fixed deviation of
  /// 0.02, usual for wide models, leaves the gated networks of one as narrow as this nearly at zero.)
  var weights: [(name: String, shape: [Int], deviation: Double?)] {
    let inward = pow(Double(width), -0.5)
    let toResidual = pow(Double(2 * blockCount), -0.5)
    let keyValueWidth = keyValueHeadCount * headWidth
    let blocks = (0..<blockCount).flatMap { block -> [(String, [Int], Double?)] in
      let prefix = "model.layers.\(block)."
      return [
        ("input_layernorm.weight", [width], nil),
        ("self_attn.q_proj.weight", [width, width], inward),
        ("self_attn.k_proj.weight", [keyValueWidth, width], inward),
        ("self_attn.v_proj.weight", [keyValueWidth, width], inward),
        ("self_attn.o_proj.weight", [width, width], inward * toResidual),
        ("post_attention_layernorm.weight", [width], nil),
        ("mlp.gate_proj.weight", [feedForwardWidth, width], inward),
        ("mlp.up_proj.weight", [feedForwardWidth, width], inward),
        (
          "mlp.down_proj.weight", [width, feedForwardWidth],
          pow(Double(feedForwardWidth), -0.5) * toResidual
        ),
      ].map { (prefix + $0.0, $0.1, $0.2) }
    }
    return [("model.embed_tokens.weight", [vocabularySize, width], 0.3)] + blocks + [
      ("model.norm.weight", [width], nil), ("lm_head.weight", [vocabularySize, width], inward),
    ]
  }
}
