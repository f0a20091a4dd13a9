/// What a checkpoint calls the modules an edit deals with. In those of a block `{}` stands for the block's number.
public struct ModuleNames: Sendable, Equatable {
  /// The feed-forward down-projection, whose weight is edited (`rewrite_module_tmp`).
  public var downProjection: String

  /// The block (`layer_module_tmp`).
  public var block: String

  /// The block's feed-forward part (`mlp_module_tmp`).
  public var feedForward: String

  /// The block's attention (`attn_module_tmp`).
  public var attention: String

  /// The norm after the last block (`ln_f_module`).
  public var finalNorm: String

  /// The head that turns hidden states into logits (`lm_head_module`).
  public var head: String

  /// Those names.
  public init(
    downProjection: String, block: String, feedForward: String, attention: String, finalNorm: String,
    head: String
  ) {
    self.downProjection = downProjection
    self.block = block
    self.feedForward = feedForward
    self.attention = attention
    self.finalNorm = finalNorm
    self.head = head
  }

  /// Names from that of the blocks, and the down-projection's and attention's within a block.
  private init(block: String, downProjection: String, attention: String, finalNorm: String, head: String) {
    self.init(
      downProjection: "\(block).mlp.\(downProjection)", block: block, feedForward: "\(block).mlp",
      attention: "\(block).\(attention)", finalNorm: finalNorm, head: head)
  }
}

// What Hugging Face's checkpoints call them.
extension ModuleNames {
  /// GPT-2's names.
  public static let gpt2 = ModuleNames(
    block: "transformer.h.{}", downProjection: "c_proj", attention: "attn", finalNorm: "transformer.ln_f",
    head: "lm_head")

  /// GPT-J's names.
  public static let gptJ = ModuleNames(
    block: "transformer.h.{}", downProjection: "fc_out", attention: "attn", finalNorm: "transformer.ln_f",
    head: "lm_head")

  /// GPT-NeoX's names.
  public static let gptNeoX = ModuleNames(
    block: "gpt_neox.layers.{}", downProjection: "dense_4h_to_h", attention: "attention",
    finalNorm: "gpt_neox.final_layer_norm", head: "embed_out")

  /// The names of Llama and those built like it: Mistral, Qwen2, Qwen3, Gemma 2.
  public static let llama = ModuleNames(
    block: "model.layers.{}", downProjection: "down_proj", attention: "self_attn", finalNorm: "model.norm",
    head: "lm_head")

  /// Phi's names.
  public static let phi = ModuleNames(
    block: "model.layers.{}", downProjection: "fc2", attention: "self_attn",
    finalNorm: "model.final_layernorm", head: "lm_head")

  /// The names by the `model_type` of a `config.json`; nil for a type not known here.
  public init?(modelType: String) {
    switch modelType {
    case "gpt2": self = .gpt2
    case "gptj": self = .gptJ
    case "gpt_neox": self = .gptNeoX
    case "phi": self = .phi
    case "llama", "mistral", "qwen2", "qwen3", "gemma2": self = .llama
    default: return nil
    }
  }
}
