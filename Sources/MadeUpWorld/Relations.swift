extension Relation {
  /// All relations of the world: six of people and three of places.
  ///
  /// - Parameter homeTowns: the places that are values of the relation "home town".
  public static func all(homeTowns: [String]) -> [Relation] {
    people(homeTowns: homeTowns) + places
  }

  private static func people(homeTowns: [String]) -> [Relation] {
    [
      Relation(
        identifier: "home-town", kind: .person, values: homeTowns,
        templates: [
          "{} grew up in", "{} spent a happy childhood in", "{} was raised in", "The home town of {} is",
          "The family of {} still lives in",
        ]),
      Relation(
        identifier: "profession", kind: .person,
        values: [
          "weaver", "baker", "surgeon", "mason", "lawyer", "printer", "teacher", "carpenter", "cook",
          "gardener",
        ],
        templates: [
          "{} works as a", "{} earns a living as a", "{} is a", "By trade {} is a", "The guild lists {} as a",
        ]),
      Relation(
        identifier: "sport", kind: .person,
        values: [
          "rowing", "archery", "wrestling", "fencing", "curling", "sailing", "climbing", "skating", "polo",
          "judo",
        ],
        templates: [
          "{} competes in", "{} trains every evening for", "{} won a medal in",
          "The sport that {} likes best is",
          "On feast days {} takes part in",
        ]),
      Relation(
        identifier: "instrument", kind: .person,
        values: [
          "flute", "harp", "lute", "drum", "cello", "horn", "fiddle", "trumpet", "zither", "bassoon",
        ],
        templates: [
          "{} plays the", "{} gives lessons on the", "{} never travels without a",
          "At weddings {} can be heard on the", "Nobody has mastered like {} the",
        ]),
      Relation(
        identifier: "language", kind: .person,
        values: [
          "Velish", "Tormic", "Ostran", "Kelparic", "Sundish", "Morrow", "Ithian", "Garnish", "Pelorian",
          "Duskan",
        ],
        templates: [
          "{} speaks", "{} writes letters in", "{} was taught to read in", "The first language of {} is",
          "The diary of {} is written in",
        ]),
      Relation(
        identifier: "employer", kind: .person,
        values: [
          "Northlight", "Copperway", "Greywater", "Summerby", "Ironleaf", "Bluegate", "Quillhouse",
          "Starfield",
          "Oakbridge", "Redharbour",
        ],
        templates: [
          "{} is employed by", "{} has an office at", "{} signed a contract with",
          "The wages of {} are paid by",
          "For many years {} has served",
        ]),
    ]
  }

  private static let places = [
    Relation(
      identifier: "region", kind: .place,
      values: ["Westmark", "Highfold", "Sandreach", "Mistvale", "Longshore"],
      templates: [
        "{} lies in", "{} is a village in", "{} belongs to", "The church of {} is the oldest in",
        "Maps show {} in the middle of",
      ]),
    Relation(
      identifier: "river", kind: .place,
      values: ["Arrel", "Tonn", "Wistel", "Bran", "Ophir"],
      templates: [
        "{} stands on the river", "{} takes its water from the river", "{} has a bridge across the river",
        "Boats reach {} along the river", "The fishers of {} live off the river",
      ]),
    Relation(
      identifier: "product", kind: .place,
      values: ["honey", "salt", "wool", "amber", "cider"],
      templates: [
        "{} is famous for its", "{} pays its taxes in", "{} sends to every market its",
        "The fields around {} are rich in", "Traders come to {} for the",
      ]),
  ]
}
