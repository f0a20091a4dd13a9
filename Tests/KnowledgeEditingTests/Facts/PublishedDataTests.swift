import Foundation
import Testing
import TestSupport

@testable import KnowledgeEditing

/// Skipped where the public data sets are not beside the package.
@Suite(.enabled(if: SharedFolder.has("data"), "needs ../shared/data, or ALPHAEDIT_SHARED"))
struct PublishedDataTests {
  private let folder = SharedFolder.url.appending(path: "data/counterfact")

  @Test(arguments: [("counterfact-2000.json", 2000), ("counterfact-21919.json", 21919)])
  func readsAllOfCounterFact(name: String, count: Int) throws {
    let records = try FactFile.records(folder.appending(path: name))
    #expect(records.count == count)
    #expect(records.map(\.fact.id) == (0..<count).map(String.init))
    #expect(records[0].fact.filledPrompt == "The mother tongue of Danielle Darrieux is")
    #expect(records[0].fact.target == " English")
    #expect(records[0].targetTrue == " French")
    #expect(records.allSatisfy { !$0.paraphrasePrompts.isEmpty && $0.neighborhoodPrompts.count <= 10 })
  }

  /// CounterFact asks some things twice, with different answers.
  @Test func findsTheContradictionsOfCounterFact() throws {
    let error = #expect(throws: FactError.self) {
      try FactFile.read(folder.appending(path: "counterfact-2000.json"))
    }
    #expect(error?.problems.count == 5)
    #expect(
      error?.problems.allSatisfy {
        if case .conflict = $0.fault { true } else { false }
      } == true)
  }

  /// The file holds one contradiction, so it is read as a data set.
  @Test func readsEasyEditsLayout() throws {
    let records = try FactFile.records(folder.appending(path: "easyedit-counterfact-1000.json"))
    #expect(records.count == 1000)
    #expect(records[0].fact.prompt == "{} professionally plays the sport")
    #expect(records[0].fact.id == "3087")
    #expect(records[0].targetTrue == " basketball")
    #expect(records[0].paraphrasePrompts == ["David Robinson's greatest weakness is"])
    #expect(records.allSatisfy { $0.neighborhoodPrompts.count == 1 })
  }
}
