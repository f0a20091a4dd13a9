import ArgumentParser

/// Whether faults of the published code are kept.
struct FidelityOptions: ParsableArguments {
  @Flag(
    help: """
      Do as the published code does also where that is faulty or costly, such as using all tokens of a document that the \
      model reaches.
      """)
  var asPublished = false
}
