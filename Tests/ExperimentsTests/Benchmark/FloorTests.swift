import KnowledgeEditing
import TestSupport
import Testing
import Torch

@testable import Experiments

/// What floors count.
struct FloorTests {
  /// 3 blocks; a GPT-2 block has 12 d² weights.
  private let shape = RandomModelShape.gpt2(blockCount: 3, width: 8, heads: 2, vocabularySize: 100)
  private var floors: ModelFloors { ModelFloors(shape: shape, dtype: .bfloat16) }
  private let block = 12.0 * 64
  private let small: SmallModel
  private let prompts: [EditPrompts]

  init() throws {
    small = try SmallModel()
    let facts = try FactFile.read(Package.llamaTiny.appendingPathComponent("facts.json")).prefix(3)
    let tokenizer = small.tokenizer
    prompts = try facts.map { try EditPrompts($0, templates: .samples, tokenizer: tokenizer) }
  }

  @Test func mapsHoldAllWeightsOfABlock() {
    for shape in RandomModelShape.Name.allCases.map(RandomModelShape.named) {
      let inBlocks = shape.blockCount * shape.blockMaps.reduce(0) { $0 + $1.weightCount }
      let matrices = shape.weights.filter { $0.shape.count == 2 && $0.name.contains(".weight") }
      let outside = matrices.filter { weight in
        ["embed", "wte", "wpe", "lm_head"].contains { weight.name.contains($0) }
      }
      #expect(inBlocks == (matrices.reduce(0) { $0 + $1.count }) - outside.reduce(0) { $0 + $1.count })
    }
  }

  /// A fact by itself shares everything up to its subject with itself.
  @Test func tokensOfABatchAreThoseOfItsPrompts() {
    let alone = PromptTokens([prompts[0]])
    let rows = prompts[0].rewriting + [prompts[0].essence]
    #expect(alone.shared == rows.reduce(0) { $0 + $1.subjectIndex })
    #expect(alone.beforeSubject == 0)
    let together = PromptTokens(prompts)
    let all = prompts.flatMap(\.rewriting)
    let suffixes = all.reduce(0) { $0 + $1.ids.count - $1.subjectIndex }
    #expect(together.suffix == suffixes + prompts.count)
    #expect(together.outputs == prompts.reduce(0) { $0 + $1.rewriting.count * $1.targetIDs.count + 1 })
    #expect(together.keyRows == all.count)
    #expect(together.whole > together.suffix && together.bare < together.keyed)
  }

  /// One step is forth and back through the blocks above and the head, and nothing else.
  @Test func aStepOfTheSearchIsTwiceTheForwardPass() {
    let tokens = PromptTokens(prompts)
    func flops(_ steps: Int, atOnce: Int = 3) -> Double {
      floors.targetValues(tokens, facts: 3, factsAtOnce: atOnce, last: 0, steps: steps).flops
    }
    let (suffix, outputs) = (Double(tokens.suffix), Double(tokens.outputs))
    // Two blocks are above; of the last one, queries, keys and values [8, 24] are needed of all tokens.
    let forward = 2 * (suffix * (block + 8 * 24) + outputs * (block - 8 * 24 + 8 * 100))
    #expect(flops(2) - flops(1) == 2 * forward)
    #expect(flops(11) - flops(1) == 20 * forward)
    #expect(flops(1) == flops(0))
    let oneByOne = flops(2, atOnce: 1)
    #expect(oneByOne >= flops(2) && oneByOne < 1.2 * flops(2), "rounding rows up is all that differs")
  }

  @Test func weightsAreReadOnceForEachSetOfTokens() {
    let stage = floors.forward(1000, shape.blockMaps, blocks: 3)
    #expect(stage.bytes == 3 * block * 2)
    #expect(stage.flops == 2 * 1000 * 3 * block)
    #expect(floors.forward(0, shape.blockMaps).flops == 0)
    let together = floors.generation(prompts: 4, length: 5, new: 3)
    #expect(together.bytes > 3 * (3 * block + 800) * 2)
  }

  @Test func aSolveGrowsLinearlyWithHistory() {
    func flops(_ remembered: Int) -> Double {
      Floor.solve(n: 100, facts: 10, basis: 20, remembered: remembered).flops
    }
    #expect(flops(0) == 4 * 100 * 20 * 10 + 2 * 100 * 100)
    #expect(flops(200) - flops(100) == flops(100) - flops(0))
  }

  @Test func aFloorIsAsLongAsTheSlowerOfProductsAndMemory() throws {
    let machine = MachineRates(device: .cpu)
    let product = MatrixProduct(rows: 64, inner: 64, outer: 64)
    var stage = Floor.Stage(products: [(product, 10)], dtype: .float32)
    let multiplying = try stage.seconds(on: machine)
    #expect(try abs(multiplying - 10 * product.flops / machine.rate(of: product, .float32)) < 1e-12)
    stage.bytes = try 2 * multiplying * machine.bandwidth
    #expect(try abs(stage.seconds(on: machine) - 2 * multiplying) < 1e-9)
    #expect(machine.ranges.map(\.dtype) == [.float32])
    #expect(try machine.rate(of: product, .bfloat16) >= machine.rate(of: product, .float32))
  }
}
