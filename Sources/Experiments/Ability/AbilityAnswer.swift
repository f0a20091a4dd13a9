import Foundation
import StrictJSON

/// How a model answered one question, in both ways.
public struct AbilityAnswer: Sendable, Equatable {
  /// The prompt.
  public let prompt: String
  /// The right answer's class, as the task's file counts.
  public let label: Int
  /// What the model wrote behind the prompt.
  public let continuation: String
  /// The class of the answer that the model wrote; nil where it is none.
  public let generatedLabel: Int?
  /// The mean log-likelihood of each candidate answer's tokens, in nats.
  public let logLikelihoods: [Double]
  /// The class of the likeliest candidate; nil where of four two are likeliest.
  public let likeliestLabel: Int?

  let record: AbilityRecord

  init(_ question: AbilityQuestion, _ form: AbilityForm, logLikelihoods: [Double], continuation: String) {
    prompt = question.text
    record = question.record
    label = question.record.label
    self.continuation = continuation
    generatedLabel = form.label(saidBy: continuation)
    self.logLikelihoods = logLikelihoods
    likeliestLabel = form.label(likeliestBy: logLikelihoods)
  }

  /// The record of the published `…_gen.json` files; classes are numbers, −1 for none, and `prob_*` are
  /// exp(mean log-likelihood).
  func publishedJSON(_ form: AbilityForm) -> JSON {
    func name(_ label: Int?) -> JSON { JSON(form.candidates.first { $0.label == label }?.answer ?? "") }
    var members: [JSONObject.Member] = form.task.textKeys.map { (JSONString($0), JSON(record[$0])) }
    if !record.choices.isEmpty { members.append(("choices", JSON(record.choices.map { JSON($0) }))) }
    members += [
      ("input_prompt", JSON(prompt)), ("label", JSON(label)), ("true_answer", name(label)),
      ("generated_text", JSON(continuation)), ("answer", JSON(generatedLabel ?? -1)),
      ("correct", JSON(generatedLabel == label)),
    ]
    members += zip(form.publishedProbabilityKeys, logLikelihoods).map { (JSONString($0), JSON(exp($1))) }
    members += [
      ("highest_probability_answer", name(likeliestLabel)), ("correct_new", JSON(likeliestLabel == label)),
    ]
    return .object(JSONObject(members))
  }
}

extension AbilityForm {
  /// The published names of the candidates' probabilities, in their order; RTE's are `prob_yes` and `prob_no`.
  fileprivate var publishedProbabilityKeys: [String] {
    task == .rte ? ["prob_yes", "prob_no"] : candidates.map { "prob_\($0.answer.lowercased())" }
  }
}
