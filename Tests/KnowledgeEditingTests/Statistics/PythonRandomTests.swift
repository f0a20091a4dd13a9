import Testing

@testable import KnowledgeEditing

/// The expected values are what Python 3.11's `random.Random` gives.
struct PythonRandomTests {
  @Test(
    arguments: [
      (1, [577_090_037, 2_444_712_010, 3_639_700_191, 3_445_702_192]),
      (0, [3_626_764_237, 1_654_615_998, 3_255_389_356, 3_823_568_514]),
      (12345, [1_789_368_711, 3_146_859_322, 43_676_229, 3_522_623_596]),
      (1_099_511_627_779, [943_978_446, 261_273_136, 2_359_950_418, 3_580_981_848]),
    ] as [(UInt64, [UInt32])])
  func `bits are Python's`(seed: UInt64, bits: [UInt32]) {
    var random = PythonRandom(seed: seed)
    #expect(bits.map { _ in random.next() } == bits)
  }

  @Test(arguments: [
    [], [0], [1, 0], [1, 2, 0], [6, 8, 9, 7, 5, 3, 0, 4, 1, 2],
    [10, 5, 15, 14, 9, 0, 8, 13, 3, 6, 11, 12, 7, 1, 16, 2, 4],
  ])
  func `short lists are shuffled as by Python`(shuffled: [Int]) {
    var list = Array(0..<shuffled.count)
    var random = PythonRandom(seed: 1)
    random.shuffle(&list)
    #expect(list == shuffled)
  }

  @Test(
    arguments: [
      (300, [236, 222, 25, 79, 111, 273, 102, 96], [32, 291, 68]),
      (1_000, [852, 836, 280, 575, 208, 609, 932, 725], [867, 582, 137]),
      (
        6_078_422, [2_669_398, 299_301, 1_115_379, 5_893_805, 2_285_715, 2_313_436, 5_568_444, 930_318],
        [529_378, 4_774_828, 1_127_128]
      ),
    ] as [(Int32, [Int32], [Int32])])
  func `long lists are shuffled as by Python`(count: Int32, first: [Int32], last: [Int32]) {
    var list = Array(0..<count)
    var random = PythonRandom(seed: 1)
    random.shuffle(&list)
    #expect(Array(list.prefix(8)) == first)
    #expect(Array(list.suffix(3)) == last)
  }
}
