import StrictJSON
import Testing

@testable import MadeUpWorld

@Suite struct RecordTests {
  let world = World(seed: 1)
  let records = World(seed: 1).records()

  @Test func thereIsOneRecordForEachEditableSubject() {
    let subjects = records.map(\.subject)
    #expect(subjects.count >= 400)
    #expect(Set(subjects).count == subjects.count)
    #expect(Set(subjects) == Set(world.subjects.filter(\.isEditable).map(\.name)))
    #expect(records.map(\.caseIdentifier) == Array(records.indices))
  }

  @Test func targetsAreTwoValuesOfTheRelationAndTheTrueOneIsTrue() throws {
    for record in records {
      let (index, subject) = try lookUp(record)
      let relation = world.relations[index]
      #expect(record.newTarget != record.trueTarget)
      #expect(relation.values.contains(record.newTarget.text))
      let value = try #require(subject.values[index])
      #expect(record.trueTarget.text == relation.values[value])
      #expect(record.trueTarget.identifier == relation.valueIdentifier(value))
    }
  }

  @Test func paraphrasesNameTheSubjectOnceAndAreNotTheEditPrompt() throws {
    for record in records {
      let editPrompt = record.prompt.filled(with: record.subject)
      #expect(record.paraphrasePrompts.count == 2)
      #expect(Set(record.paraphrasePrompts).count == 2)
      for prompt in record.paraphrasePrompts {
        #expect(prompt.ranges(of: record.subject).count == 1)
        #expect(!prompt.hasSuffix(editPrompt))
      }
    }
  }

  @Test func neighboursShareTheTrueTargetAndAreNeverEdited() throws {
    let bystanders = world.subjects.filter { !$0.isEditable }
    var named: [String: World.Subject] = [:]
    for bystander in bystanders {
      for template in world.relations.filter({ $0.kind == bystander.kind }).flatMap(\.templates) {
        named[template.filled(with: bystander.name)] = bystander
      }
    }
    for record in records {
      let (index, _) = try lookUp(record)
      let values = world.relations[index].values
      for (prompts, target) in [
        (record.neighborhoodPrompts, record.trueTarget), (record.attributePrompts, record.newTarget),
      ] {
        #expect(Set(prompts).count == 10)
        for prompt in prompts {
          let bystander = try #require(named[prompt])
          #expect(bystander.values[index].map { values[$0] } == target.text)
        }
      }
    }
  }

  @Test func tenGenerationPromptsNameTheSubject() {
    for record in records {
      #expect(Set(record.generationPrompts).count == 10)
      #expect(record.generationPrompts.allSatisfy { $0.contains(record.subject) })
    }
  }

  @Test func everyFiftyRecordsHaveAllRelationsOfPeopleAndSomeOfPlaces() {
    let people = Set(world.relations.filter { $0.kind == .person }.map(\.identifier))
    for start in stride(from: 0, to: records.count - 49, by: 50) {
      let relations = Set(records[start..<start + 50].map(\.relationIdentifier))
      #expect(relations.isSuperset(of: people))
      #expect(relations.count > people.count)
    }
  }

  @Test func contextTemplatesHaveOneSlotEach() {
    let templates = world.contextTemplates()
    #expect(templates.map(\.count) == [1, 5])
    #expect(templates.joined().allSatisfy { $0.ranges(of: "{}").count == 1 })
    #expect(Set(templates.joined()).count == 6)
  }

  @Test func jsonHasTheLayoutOfCounterFact() throws {
    let record = try #require(records.first)
    let json = try JSON.parse(record.json.serialized(pretty: true, sortedKeys: false))
    #expect(
      json.object?.keys == [
        "case_id", "pararel_idx", "requested_rewrite", "paraphrase_prompts", "neighborhood_prompts",
        "attribute_prompts", "generation_prompts",
      ])
    #expect(json["requested_rewrite"]?["subject"]?.string == record.subject)
    #expect(json["requested_rewrite"]?["target_new"]?["str"]?.string == record.newTarget.text)
    #expect(json["requested_rewrite"]?["target_true"]?["id"]?.string == record.trueTarget.identifier)
    #expect(json["neighborhood_prompts"]?.array?.count == 10)
  }

  private func lookUp(_ record: Record) throws -> (relation: Int, subject: World.Subject) {
    let relation = try #require(world.relations.firstIndex { $0.identifier == record.relationIdentifier })
    let subject = try #require(world.subjects.first { $0.name == record.subject })
    return (relation, subject)
  }
}
