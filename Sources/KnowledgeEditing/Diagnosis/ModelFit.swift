import Checkpoints
import LanguageModels
import StrictJSON
import Torch

/// Where and in which type a model can be edited by AlphaEdit, and how fast.
struct ModelFit {
  let checkpoint: Checkpoint
  /// The model in its stored type, in the checkpoint's mapped memory.
  let model: any LanguageModel
  let settings: Hyperparameters
  /// The facts to be written.
  let facts: TrialFacts
  /// How many weights the checkpoint has.
  let weightCount: Int
  /// Bytes of working memory that an edit may take beside the weights.
  let memory: Int

  /// A device and a type to compute in.
  struct Choice: Equatable {
    let device: Device
    let dtype: DType

    /// The arguments that ask for it; those for what is usual are left out.
    var arguments: String {
      ([device == .cpu ? nil : "--device \(device)", dtype == .float32 ? nil : "--dtype \(dtype.rawValue)"])
        .compactMap { $0 }.joined(separator: " ")
    }
  }

  /// What an edit takes, in bytes.
  struct Need {
    /// The weights.
    let weights: Int
    /// The largest phase before the editing (see ``EditMemoryNeeds``).
    let preservation: Int
    /// The editing.
    let working: Int

    var total: Int { weights + max(preservation, working) }
  }

  private func need(_ choice: Choice, factBytes: Int) -> Need {
    let needs = EditMemoryNeeds(
      model: model, dtype: choice.dtype, layerCount: settings.layers.count, kept: .nullSpace,
      collectsStatistics: false, factCount: facts.prompts.count, keepsWeights: false, bytesPerFact: factBytes)
    return Need(
      weights: weightCount * choice.dtype.byteCount, preservation: needs.preservation?.bytes ?? 0,
      working: needs.editing(factsAtOnce: max(1, min(memory / factBytes, needs.largestChunk))).bytes)
  }

  /// The first device and type that hold an edit, accelerators before the CPU and float32 before bfloat16.
  ///
  /// - Throws: ``EditingError/memoryTooSmall(needed:allowed:)`` where the working memory does not hold a fact.
  func choose(among places: [ComputePlace]) throws -> (Choice?, Finding) {
    let prompts = BatchPrompts(facts.prompts)
    var options: [(choice: Choice, need: Need, available: Int?)] = []
    for place in places {
      for dtype in [DType.float32, .bfloat16] {
        let plan = FactMemory(model: model, prompts: prompts, settings: settings, dtype: dtype)
        _ = try plan.chunkSize(within: memory)
        let choice = Choice(device: place.device, dtype: dtype)
        options.append((choice, need(choice, factBytes: plan.bytesPerFact), place.available))
      }
    }
    let best = options.first { $0.need.total <= $0.available ?? .max }
    let shown = best ?? options.min { $0.need.total < $1.need.total }
    let usual = options.first { $0.choice == Choice(device: .cpu, dtype: .float32) }
    let usualFits = usual.map { $0.need.total <= $0.available ?? .max } ?? false
    let text = shown.map { option in
      "\(option.choice.dtype.rawValue) on \(option.choice.device) takes \(option.need.total.asBytes)"
        + (option.available.map { " of \($0.asBytes) available" } ?? "")
    }
    let remedy: String? =
      if let best, !usualFits {
        best.choice.arguments
      } else if best == nil, let shown {
        (["use a machine or device with \(shown.need.total.asBytes) free", shown.choice.arguments])
          .filter { !$0.isEmpty }.joined(separator: ", and ")
      } else {
        nil
      }
    let finding = Finding(
      "memory", best == nil ? .problem : usualFits ? .ok : .warning, text ?? "", remedy: remedy,
      values: [
        (
          "options",
          JSON(
            options.map { option -> JSON in
              [
                "device": JSON("\(option.choice.device)"), "dtype": JSON(option.choice.dtype.rawValue),
                "weight_bytes": JSON(option.need.weights),
                "preservation_bytes": JSON(option.need.preservation),
                "working_bytes": JSON(option.need.working), "total_bytes": JSON(option.need.total),
                "available_bytes": option.available.map { JSON($0) } ?? .null,
                "fits": JSON(option.need.total <= option.available ?? .max),
              ]
            })
        )
      ])
    return (best?.choice, finding)
  }

  /// How long an edit takes there.
  func time(_ choice: Choice?) throws -> Finding {
    guard let choice else { return Finding("speed", .absent, "not tried, since the model does not fit") }
    let outside = 2 * model.vocabularySize * model.width
    let cost = EditCost(
      BatchPrompts(facts.prompts), shape: model.shape,
      blockWeights: Double(max(weightCount - outside, weightCount / 2)) / Double(max(1, model.blockCount)),
      settings: settings)
    let rate = try SpeedTrial.rate(
      of: model.shape, rows: cost.stepTokens * FactMemory.largestChunk(on: .cpu), dtype: choice.dtype,
      device: choice.device)
    let trial = try SpeedTrial(cost, facts: facts.prompts, settings: settings, rate: rate) {
      model.dtype == choice.dtype && choice.device == .cpu
        ? model : try ModelRegistry.load(checkpoint, dtype: choice.dtype, device: choice.device)
    }
    let seconds = trial.secondsPerFact * Double(facts.count)
    let (about, basis) =
      switch trial.basis {
      case .searches(let count): ("about", "\(count) target values were sought, of facts \(facts.origin)")
      case .steps(let steps, let count):
        (
          "at most",
          "\(steps) of \(settings.targetSteps) steps were timed, of \(count) facts \(facts.origin); most searches end early"
        )
      case .products: ("at least", "counted operations at the rate of matrix products")
      }
    return Finding(
      "speed", .ok,
      "\(facts.count) facts take \(about) \(seconds.asDuration) in \(choice.dtype.rawValue) on \(choice.device) "
        + "(\(basis)); products run at \(Int((rate / 1e9).rounded())) GFLOP/s",
      remedy: facts.areNamed
        ? nil : "name your facts with --facts FILE: how soon searches end depends on them",
      values: [
        ("facts", JSON(facts.count)), ("facts_from", JSON(facts.origin)), ("seconds", JSON(seconds)),
        ("basis", JSON(trial.basis.name)), ("is_lower_bound", JSON(trial.basis == .products)),
        ("flops_per_fact", JSON(cost.total(forwards: settings.targetSteps))),
        ("flops_per_second", JSON(rate)),
      ])
  }
}
