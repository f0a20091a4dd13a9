import Testing

@testable import MadeUpWorld

@Suite struct WorldTests {
  let world = World(seed: 1)

  @Test func isTheSameForTheSameSeedAndAnotherForAnother() {
    #expect(World(seed: 1).subjects == world.subjects)
    #expect(World(seed: 2).subjects != world.subjects)
  }

  @Test func hasTheSubjectsAskedForWithUniqueNames() {
    let size = World.Size()
    #expect(world.subjects.count { $0.kind == .person && $0.isEditable } == size.editablePeople)
    #expect(world.subjects.count { $0.kind == .person && !$0.isEditable } == size.bystanderPeople)
    #expect(world.subjects.count { $0.kind == .place && $0.isEditable } == size.editablePlaces)
    #expect(world.subjects.count { $0.kind == .place && !$0.isEditable } == size.bystanderPlaces)
    #expect(Set(world.subjects.map(\.name)).count == world.subjects.count)
  }

  @Test func everySubjectHasOneValueForEachRelationOfItsKindOnly() {
    for subject in world.subjects {
      for (relation, value) in zip(world.relations, subject.values) {
        #expect((value != nil) == (relation.kind == subject.kind))
        if let value { #expect(relation.values.indices.contains(value)) }
      }
    }
  }

  @Test func everyValueHasAtLeastTenBystanders() {
    for (index, relation) in world.relations.enumerated() {
      for value in relation.values.indices {
        #expect(world.subjects.count { !$0.isEditable && $0.values[index] == value } >= 10)
      }
    }
  }

  @Test func homeTownsArePlacesNoRecordEdits() throws {
    let homeTown = try #require(world.relations.first { $0.identifier == "home-town" })
    let bystanders = Set(world.subjects.filter { $0.kind == .place && !$0.isEditable }.map(\.name))
    #expect(homeTown.values.count == World.homeTownCount)
    #expect(bystanders.isSuperset(of: homeTown.values))
  }

  @Test func relationsAreWellFormed() {
    #expect(Set(world.relations.map(\.identifier)).count == world.relations.count)
    for relation in world.relations {
      #expect(Set(relation.values).count == relation.values.count)
      #expect(Set(relation.templates).count == relation.templates.count)
      for template in relation.templates {
        #expect(template.ranges(of: "{}").count == 1)
        #expect(template.filled(with: "Ada Byron").contains("Ada Byron"))
      }
    }
  }

  @Test func asksForMorePeopleThanNamesGiveWithoutHanging() {
    var size = World.Size()
    size.firstNames = 2
    size.familyNames = 3
    let names = World(seed: 1, size: size).subjects.filter { $0.kind == .person }.map(\.name)
    #expect(names.count == 6)
    #expect(Set(names).count == 6)
  }
}
