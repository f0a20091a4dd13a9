extension EditingMethod {
  /// Which arguments have more facts said, in words.
  var waysToSayMore: String {
    let steps = "more --steps or a higher --learning-rate reach their targets"
    return switch recipe()?.preserves {
    case .nullSpace: "\(steps), a lower --preserve or a higher --threshold leaves more room"
    case .secondMoment: "\(steps), a lower --moment-weight leaves more room"
    case nil: steps
    }
  }

  /// Which arguments have the model change less, in words.
  var waysToChangeLess: String {
    switch recipe()?.preserves {
    case .nullSpace: "fewer --steps, a higher --preserve or a higher --l2 change less"
    case .secondMoment: "fewer --steps or a higher --moment-weight change less"
    case nil: "fewer --steps or a lower --learning-rate change less"
    }
  }
}
