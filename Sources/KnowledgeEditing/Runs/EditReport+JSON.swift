import Checkpoints
import Ledger
import StrictJSON
import Torch

extension EditReport {
  /// The fractions at which eigenvalues are told.
  public static let quantiles = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1]

  /// Everything, as one object.
  public var json: JSON {
    var members = recordMembers
    members += [
      ("output", JSON(written.directory.path)), ("facts", JSON(facts.map(\.json))),
      ("examples", JSON(examples.map(\.json))), ("editing_seconds", JSON(editingSeconds)),
      ("ledger_seconds", ledgerSeconds.map { JSON($0) } ?? .null),
      ("replaced", JSON(replaced.map { JSON($0.former.id) })),
    ]
    if let memoryPlan { members.append(("memory_plan", memoryPlan.json)) }
    if let guarded { members.append(("guard_seconds", JSON(guarded.seconds))) }
    return .object(JSONObject(members.map { (JSONString($0), $1) }))
  }

  /// What `alphaedit.json` in the edited checkpoint holds. It has no times or paths of this run's own, so that the same
  /// edit gives the same bytes; the ledger, which has them, is not among the files it lists.
  public var record: JSON { .object(JSONObject(recordMembers.map { (JSONString($0), $1) })) }

  /// What the ledger says of the run: all that it was told, and the statistics it used.
  var ledgerRecord: JSON {
    let apart: Set = ["checks", "changed_tensors", "files"]
    return .object(
      JSONObject(recordMembers.filter { !apart.contains($0.0) }.map { (JSONString($0), $1) }))
  }

  private var recordMembers: [(String, JSON)] {
    [
      ("format", "alphaedit edit 1"), ("method", JSON(settings.method.rawValue)),
      ("versions", ["alphaedit": JSON(Version.current), "libtorch": JSON(Engine.version)]),
      ("source", ["path": JSON(settings.model.path), "fingerprint": JSON(modelFingerprint.hex)]),
      ("facts_file", ["path": JSON(settings.facts.path), "sha256": JSON(factsHash.hex)]),
      ("settings", settingsJSON), ("hyperparameters", hyperparameters.settings.json),
      ("hyperparameters_from", JSON(hyperparameters.origin)),
      ("context_templates", contextTemplates.json), ("statistics_from", JSON(statisticsOrigin)),
      ("layers", JSON(layers.map(\.json))), ("checks", checks),
      ("changed_tensors", Self.json(of: written.changedTensors)),
      ("files", Self.json(of: written.files)), ("warnings", JSON(warnings.map { JSON($0) })),
    ]
  }

  private var settingsJSON: JSON {
    [
      "batch_size": JSON(settings.batchSize), "seed": JSON(Int(clamping: settings.seed)),
      "dtype": JSON(settings.dtype.rawValue), "device": JSON(settings.device.description),
      "as_published": JSON(settings.asPublished),
      "statistics_directory": settings.statistics.directory.map { JSON($0.standardizedFileURL.path) }
        ?? .null,
      "guard": settings.driftBounds?.json ?? .null,
    ]
  }

  private var checks: JSON {
    [
      "facts": JSON(facts.count), "said_before": JSON(saidBefore), "said_after": JSON(saidAfter),
      "share_said": JSON(Double(saidAfter) / Double(max(1, facts.count))), "weights_finite": true,
      "drift": drift?.json ?? .null, "guard": guarded?.json ?? .null,
    ]
  }

  /// The tensors that a run changed.
  static func json(of tensors: [WrittenCheckpoint.ChangedTensor]) -> JSON {
    JSON(
      tensors.map { tensor in
        [
          "name": JSON(tensor.name), "file": JSON(tensor.file), "dtype": JSON(tensor.dtype.rawValue),
          "shape": JSON(tensor.shape.map { JSON($0) }), "sha256_before": JSON(tensor.before.hex),
          "sha256_after": JSON(tensor.after.hex),
        ]
      })
  }

  /// The files that a run wrote but the ledger, whose bytes tell the time.
  static func json(of files: [WrittenCheckpoint.File]) -> JSON {
    JSON(files.filter { $0.name != Ledger.fileName }.map(\.json))
  }
}

extension EditReport.Layer {
  fileprivate var json: JSON {
    [
      "block": JSON(block), "tensor": JSON(tensorName), "weight_norm": JSON(sourceNorm),
      "change_norm": JSON(changeNorm),
      "statistics": statistics.map {
        [
          "sha256": JSON($0.digest.hex), "tokens": JSON($0.tokenCount),
          "samples": $0.sampleSize.map { JSON($0) } ?? .null,
        ]
      } ?? .null,
      "null_space": nullSpace.map { Self.json($0.spectrum, $0.nullity) } ?? .null,
    ]
  }

  private static func json(_ spectrum: Spectrum, _ nullity: Int) -> JSON {
    [
      "key_width": JSON(spectrum.width), "dimension": JSON(nullity),
      "protected_share": JSON(spectrum.protectedShare(nullity: nullity)), "trace": JSON(spectrum.trace),
      "eigenvalue_quantiles": JSON(
        zip(EditReport.quantiles, spectrum.quantiles(EditReport.quantiles)).map {
          JSON([JSON($0), $1.map { JSON($0) } ?? .null])
        }
      ),
    ]
  }
}

extension EditReport.FactResult {
  fileprivate var json: JSON {
    [
      "id": JSON(fact.id), "prompt": JSON(fact.filledPrompt), "target": JSON(fact.target),
      "target_true": fact.targetTrue.map { JSON($0) } ?? .null, "before": before.json, "after": after.json,
    ]
  }
}

extension EditReport.Example {
  fileprivate var json: JSON {
    ["prompt": JSON(prompt), "before": JSON(before), "after": JSON(after)]
  }
}

extension FactMeasure {
  /// The measure as one object.
  package var json: JSON {
    [
      "said": JSON(isSaid), "target_is_most_likely": JSON(target.isMostLikely),
      "target_mean_log_probability": JSON(target.meanLogProbability),
      "target_true_mean_log_probability": former.map { JSON($0.meanLogProbability) } ?? .null,
    ]
  }
}

extension Drift {
  fileprivate var json: JSON {
    [
      "text": JSON(source), "tokens": JSON(tokenCount), "mean_log_probability_before": JSON(before),
      "mean_log_probability_after": JSON(after), "perplexity_before": JSON(perplexityBefore),
      "perplexity_after": JSON(perplexityAfter), "perplexity_growth": JSON(growth),
    ]
  }
}

extension WrittenCheckpoint.File {
  fileprivate var json: JSON {
    ["name": JSON(name), "bytes": JSON(byteCount), "sha256": JSON(hash.hex)]
  }
}
