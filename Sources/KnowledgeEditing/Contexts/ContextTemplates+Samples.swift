extension ContextTemplates {
  /// Contexts of the published number and length in ordinary words, for measurements of speed and memory.
  package static let samples = ContextTemplates(generated: [
    "The weather in the north was mild that year", "Therefore the council met again on the next day",
    "Because the road was closed for the whole week", "I have seen the old house by the river",
    "You can see the hills from the first floor",
  ])
}
