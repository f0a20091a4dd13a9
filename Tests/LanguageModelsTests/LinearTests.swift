import Checkpoints
import Testing
import Torch

@testable import LanguageModels

@Suite("The weight of a linear map changes by low-rank updates on a copy of its own")
struct LinearTests {
  private func factors(_ d: Int, _ n: Int, rank: Int = 2) throws -> (left: Tensor, right: Tensor) {
    let generator = try RandomGenerator(seed: 3)
    return (try generator.normal([d, rank]), try generator.normal([n, rank]))
  }

  @Test(arguments: [("llama", false), ("gpt2", true)])
  func addsInTheCheckpointsOrientation(_ name: String, transposed: Bool) throws {
    let recorded = try RecordedModel(name)
    let down = recorded.model.downProjections[1]
    #expect(down.inputWidth == recorded.model.feedForwardWidth && down.outputWidth == 48)
    let before = down.weight
    let original = try before.clone()
    let (left, right) = try factors(down.outputWidth, down.inputWidth)
    let product = try left.matmul(right.transposed())
    let update = transposed ? try product.transposed() : product

    try down.add(left: left, right: right)
    #expect(try down.weight.distance(to: original + update) < 1e-5)
    #expect(try before.distance(to: original) == 0, "the mapped file must not change")
    let copy = down.weight
    try down.add(left: left, right: right)
    #expect(try down.weight.distance(to: original + update * 2) < 1e-5)
    #expect(try copy.distance(to: down.weight) == 0, "the second update is made in place")

    try down.replaceWeight(before)
    try down.add(left: left, right: right)
    #expect(try before.distance(to: original) == 0, "a weight put in place is copied again")
  }

  @Test func roundsOnceWhereTheWeightIsInBfloat16() throws {
    let weight = try RandomGenerator(seed: 4).normal([8, 12]).to(.bfloat16)
    let linear = Linear(name: "w", weight: weight)
    let (left, right) = try factors(8, 12)
    try linear.add(left: left, right: right)
    let exact = try weight.to(.float32) + left.matmul(right.transposed())
    #expect(linear.weight.dtype == .bfloat16)
    #expect(try linear.weight.distance(to: exact.to(.bfloat16)) == 0)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let linear = Linear(name: "w", weight: try Tensor.zeros([8, 12]))
    #expect(throws: LanguageModelError.self) { try linear.replaceWeight(Tensor.zeros([12, 8])) }
    #expect(throws: LanguageModelError.self) {
      try linear.replaceWeight(Tensor.zeros([8, 12], dtype: .float64))
    }
    let (left, right) = try factors(12, 8)
    #expect(throws: LanguageModelError.self) { try linear.add(left: left, right: right) }
    #expect(throws: LanguageModelError.self) { try linear.add(left: right, right: left.narrow(1, 0..<1)) }
  }

  @Test func replacesABias() throws {
    let down = try RecordedModel("gpt2").model.downProjections[1]
    #expect(down.biasName == "transformer.h.1.mlp.c_proj.bias")
    let x = try RandomGenerator(seed: 6).normal([3, down.inputWidth])
    let before = try down(x)
    let bias = try #require(down.bias)
    try down.replaceBias(bias + 1)
    #expect(try down(x).distance(to: before + 1) < 1e-5)
    #expect(throws: LanguageModelError.self) { try down.replaceBias(Tensor.zeros([1])) }
    let plain = Linear(name: "w", weight: try Tensor.zeros([8, 12]))
    #expect(throws: LanguageModelError.self) { try plain.replaceBias(Tensor.zeros([8])) }
  }

  @Test(
    "What a feed-forward network gives is added as it is where a block says so",
    arguments: RecordedModel.names)
  func feedForwardOutputs(_ name: String) throws {
    let recorded = try RecordedModel(name)
    let model = recorded.model
    let block = model.blocks[1]
    let tokens = try PackedTokens([Array(recorded.sequences[0].prefix(1))])
    let pass = try ForwardPass(tokens, of: model)
    var key: Tensor?
    pass.onDownProjectionInput = { index, input in if index == 1 { key = input } }
    let input = try model.run(0..<1, model.embed(tokens.ids, positions: pass.positions), pass)
    let before = try model.runBlock(1, input, pass)
    let k = try #require(key)
    let change = try RandomGenerator(seed: 7).normal([1, model.width])
    try block.downProjection.add(left: change.transposed(), right: k.transposed() / k.square().sum().item())
    let moved = try model.runBlock(1, input, pass) - before
    #expect(try (moved.distance(to: change) < 1e-4) == block.addsFeedForwardAsIs)
    #expect(block.addsFeedForwardAsIs == (name != "gemma2"))
  }
}
