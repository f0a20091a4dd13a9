/// A made-up world: people and places, each with exactly one value for every relation of its kind.
///
/// Everything follows from the seed and the sizes. Some subjects are *editable* (each is the subject of one
/// record), the others are *bystanders*: they are never edited, so what a model says of them shows what an edit
/// damages.
public struct World: Sendable {
  /// How many subjects a world has.
  public struct Size: Sendable, Equatable {
    /// People who are the subject of a record.
    public var editablePeople = 360
    /// People who are not.
    public var bystanderPeople = 120
    /// Places which are the subject of a record.
    public var editablePlaces = 40
    /// Places which are not; the first of them are the home towns.
    public var bystanderPlaces = 50
    /// Different first names.
    public var firstNames = 40
    /// Different family names: one a person. Where relatives share theirs, so do their keys at the subject's last token,
    /// and an edit of one person is heard of the others.
    public var familyNames = 480

    /// The bundled model's world.
    public init() {}
  }

  /// A person or a place.
  public struct Subject: Sendable, Equatable {
    /// The name, unique in the world.
    public var name: String
    /// What it is.
    public var kind: Relation.SubjectKind
    /// Whether a record edits it.
    public var isEditable: Bool
    /// For each relation of the world the index of its value; nil where the relation is not of its kind.
    public var values: [Int?]
  }

  /// One fact: a subject and a relation of its kind, by their indices.
  public struct Fact: Sendable, Hashable {
    /// Index in `World.subjects`.
    public var subject: Int
    /// Index in `World.relations`.
    public var relation: Int
  }

  /// The seed all of it was drawn from.
  public let seed: UInt64
  /// The relations, those of people first.
  public let relations: [Relation]
  /// The subjects: editable people, other people, editable places, other places.
  public let subjects: [Subject]

  /// The number of places that are values of the relation "home town".
  static let homeTownCount = 10

  /// A world drawn from a seed.
  ///
  /// In every relation each value has nearly the same number of editable subjects, and of bystanders.
  public init(seed: UInt64, size: Size = Size()) {
    self.seed = seed
    let people = World.peopleNames(size, seed: seed)
    var placeNames = RandomSource(seed: seed, purpose: "place names")
    let places = Names.places(size.editablePlaces + size.bystanderPlaces, using: &placeNames)
    let homeTowns = places.dropFirst(size.editablePlaces).prefix(World.homeTownCount)
    relations = Relation.all(homeTowns: Array(homeTowns))
    let groups: [(names: ArraySlice<String>, kind: Relation.SubjectKind, isEditable: Bool)] = [
      (people.prefix(size.editablePeople), .person, true),
      (people.dropFirst(size.editablePeople), .person, false),
      (places.prefix(size.editablePlaces), .place, true),
      (places.dropFirst(size.editablePlaces), .place, false),
    ]
    var random = RandomSource(seed: seed, purpose: "values")
    var subjects: [Subject] = []
    for group in groups {
      let columns = relations.map { relation -> [Int?] in
        guard relation.kind == group.kind else { return Array(repeating: nil, count: group.names.count) }
        return random.shuffled(
          group.names.indices.map { ($0 - group.names.startIndex) % relation.values.count })
      }
      for (row, name) in group.names.enumerated() {
        subjects.append(
          Subject(
            name: name, kind: group.kind, isEditable: group.isEditable, values: columns.map { $0[row] }))
      }
    }
    self.subjects = subjects
  }

  /// Every fact of the world, by subject and then relation.
  public var facts: [Fact] {
    subjects.indices.flatMap { subject in
      relations.indices.compactMap { relation in
        subjects[subject].values[relation] == nil ? nil : Fact(subject: subject, relation: relation)
      }
    }
  }

  /// The value of a fact, or nil where the relation is not of the subject's kind.
  public func value(of fact: Fact) -> String? {
    subjects[fact.subject].values[fact.relation].map { relations[fact.relation].values[$0] }
  }

  private static func peopleNames(_ size: Size, seed: UInt64) -> [String] {
    var random = RandomSource(seed: seed, purpose: "people's names")
    let first = Names.first(size.firstNames, using: &random)
    let family = Names.family(size.familyNames, using: &random)
    var taken: Set<String> = []
    var names: [String] = []
    let count = min(size.editablePeople + size.bystanderPeople, first.count * family.count)
    while names.count < count {
      let name = "\(first[random.below(first.count)]) \(family[names.count % family.count])"
      if taken.insert(name).inserted { names.append(name) }
    }
    return random.shuffled(names)
  }
}
