import Checkpoints
import Testing
import Tokenization
import Torch
import TestSupport

@testable import LanguageModels

@Suite("Real trained models write text")
struct RealModelTests {
  private func load(_ name: String) throws -> (any LanguageModel, Tokenizer, Checkpoint) {
    let directory = SharedFolder.file("data/models/\(name)")
    let checkpoint = try Checkpoint(directory: directory)
    return (try ModelRegistry.load(checkpoint), try Tokenizer(contentsOf: directory), checkpoint)
  }

  @Test(
    .enabled(
      if: SharedFolder.has("data/models/TinyStories-656K"), "needs ../shared/data/models/TinyStories-656K"))
  func tinyStories() throws {
    let (model, tokenizer, checkpoint) = try load("TinyStories-656K")
    let prompt = try tokenizer.encode("Once upon a time, there was a little girl named").ids
    let options = GenerationOptions(
      limit: .newTokens(120), stopTokens: Set(try checkpoint.endOfTextTokens()))
    let generated = try model.generate([prompt], options)[0].ids
    let story = try tokenizer.decode(generated)
    #expect(story.contains("She ") && story.contains("One day"))
    let scores = try model.scores(of: [prompt + generated])[0]
    #expect(Array(scores.mostLikely[(prompt.count - 1)...].dropLast()) == generated)
  }

  @Test(.enabled(if: SharedFolder.has("data/models/llama-facts"), "needs ../shared/data/models/llama-facts"))
  func llamaFacts() throws {
    let (model, tokenizer, _) = try load("llama-facts")
    #expect(model.dtype == .bfloat16)
    let prompt = try tokenizer.encode("The mother tongue of Danielle Darrieux is").ids
    let text = try tokenizer.decode(
      model.generate([prompt], GenerationOptions(limit: .newTokens(2)))[0].ids)
    #expect(text.contains("French"))
  }

  @Test(
    .enabled(
      if: SharedFolder.has("data/models/TinyStories-656K"), "needs ../shared/data/models/TinyStories-656K"))
  func publishedTexts() throws {
    let (model, tokenizer, _) = try load("TinyStories-656K")
    let prompts = ["The", "Therefore", "Because", "I", "You"]
    let texts = try model.generatePublished(prompts, tokenizer, totalTokens: 10, seed: 1)
    #expect(zip(texts, prompts).allSatisfy { $0.contains($1) })
    #expect(try model.generatePublished(prompts, tokenizer, totalTokens: 10, seed: 1) == texts)
  }
}
