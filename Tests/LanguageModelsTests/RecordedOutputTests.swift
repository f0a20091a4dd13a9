import Testing
import Torch

@testable import LanguageModels

@Suite("Every architecture computes what transformers computes")
struct RecordedOutputTests {
  @Test(arguments: RecordedModel.names)
  func logits(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let tokens = try PackedTokens(recorded.sequences)
    let expected = try recorded.packed(recorded.logits, as: tokens)
    #expect(try recorded.model.logits(tokens).distance(to: expected) < 1e-4)
  }

  @Test(arguments: RecordedModel.names)
  func hiddenStates(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let (model, tokens) = (recorded.model, try PackedTokens(recorded.sequences))
    let pass = try ForwardPass(tokens, of: model)
    var hidden = try model.embed(tokens.ids, positions: pass.positions)
    for block in 0...model.blockCount {
      let expected = try recorded.packed(recorded.hiddenStates.select(0, block), as: tokens)
      if block < model.blockCount {
        #expect(try hidden.distance(to: expected) < 1e-4)
        hidden = try model.runBlock(block, hidden, pass)
      } else {
        #expect(try model.finalNorm(hidden).distance(to: expected) < 1e-4)
      }
    }
  }

  @Test(arguments: RecordedModel.names, [(DType.bfloat16, 0.03), (.float16, 0.004)])
  func halfPrecisionIsClose(_ name: String, _ type: (dtype: DType, error: Double)) throws {
    let recorded = try RecordedModel(name, dtype: type.dtype)
    let tokens = try PackedTokens(recorded.sequences)
    let logits = try recorded.model.logits(tokens)
    #expect(logits.dtype == type.dtype)
    let expected = try recorded.packed(recorded.logits, as: tokens)
    let error = try (logits.to(.float32) - expected).norm().item() / expected.norm().item()
    #expect(error < type.error)
  }
}
