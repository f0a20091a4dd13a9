import Testing

@testable import MadeUpWorld

@Suite struct DocumentTests {
  let world = World(seed: 1)

  @Test func aPassSaysEveryFactOnce() {
    let text = world.documents(purpose: "pass").joined(separator: " ")
    let sentences = text.split(separator: ".").map { $0.drop { $0 == " " } }
    var said: [World.Fact: Int] = [:]
    let statements = Dictionary(
      world.facts.flatMap { fact -> [(String, World.Fact)] in
        guard let value = world.value(of: fact) else { return [] }
        let name = world.subjects[fact.subject].name
        return world.relations[fact.relation].templates.map { ($0.filled(with: name) + " " + value, fact) }
      }, uniquingKeysWith: { first, _ in first })
    for sentence in sentences {
      if let fact = statements[String(sentence)] { said[fact, default: 0] += 1 }
    }
    #expect(said.count == world.facts.count)
    #expect(said.values.allSatisfy { $0 == 1 })
  }

  @Test func passesDifferByPurposeAndAreRepeatable() {
    #expect(world.documents(purpose: "a") == world.documents(purpose: "a"))
    #expect(world.documents(purpose: "a") != world.documents(purpose: "b"))
  }

  @Test func heldBackTextNamesNoEditableSubject() {
    let held = world.heldBackDocuments(count: 50)
    #expect(held.count == 50)
    let text = held.joined(separator: " ")
    for subject in world.subjects where subject.isEditable {
      #expect(!text.contains(subject.name))
    }
  }
}
