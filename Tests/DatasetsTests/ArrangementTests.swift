import Foundation
import Testing

@testable import Datasets

@Suite struct ArrangementTests {
  /// 20, 30 and 50 samples of three classes, mixed.
  private static let mixed = ListedSource(
    classes: (0..<100).map { $0 % 10 < 2 ? 0 : $0 % 10 < 5 ? 1 : 2 })

  private func arranged(
    _ split: String?, seed: UInt64 = 0, keepsOrder: Bool = false,
    _ sources: [SplitName: any SampleSource] = [.train: mixed]
  ) throws -> [SplitName: StorePart] {
    var arrangement = Arrangement()
    arrangement.split = split.flatMap { SplitFractions($0) }
    arrangement.seed = seed
    arrangement.keepsOrder = keepsOrder
    return try arrangement.parts(of: sources, named: "source")
  }

  private func counts(_ part: StorePart?) -> [Int] {
    guard let part, case .classes(let classes) = part.labels else { return [] }
    return (0..<3).map { number in classes.count { $0 == number } }
  }

  @Test(arguments: [false, true]) func classesAreDividedInProportion(keepsOrder: Bool) throws {
    let parts = try arranged("0.8/0.1/0.1", keepsOrder: keepsOrder)
    #expect(counts(parts[.train]) == [16, 24, 40])
    #expect(counts(parts[.validation]) == [2, 3, 5])
    #expect(counts(parts[.test]) == [2, 3, 5])
    let all = parts.values.flatMap { $0.indices ?? [] }
    #expect(all.sorted() == Array(0..<100))
  }

  @Test func orderIsKept() throws {
    for part in try arranged("0.8/0.1/0.1", keepsOrder: true).values { #expect(part.indices == part.indices?.sorted()) }
    #expect(try arranged(nil, keepsOrder: true)[.train]?.indices == nil)
  }

  @Test func seedDecidesOrderAndDivision() throws {
    func indices(_ seed: UInt64, _ split: String?) throws -> [[Int]?] {
      let parts = try arranged(split, seed: seed)
      return SplitName.allCases.map { parts[$0]?.indices }
    }
    for split in [nil, "0.8/0.2"] {
      let first = try indices(1, split)
      #expect(try indices(1, split) == first)
      #expect(try indices(2, split) != first)
      #expect(first[0] != first[0]?.sorted())
    }
    // Other samples, not only another order.
    let members = try (1...2).map { try Set(indices($0, "0.8/0.2")[2] ?? []) }
    #expect(members[0] != members[1])
  }

  @Test func numbersAreDividedAsOneGroup() throws {
    let source = ListedSource(.values((0..<22).map { Float($0) }, width: 2))
    let parts = try arranged("0.5/0.25/0.25", [.train: source])
    #expect(SplitName.allCases.map { parts[$0]?.count } == [5, 3, 3])
  }

  @Test func ownTestPartIsKept() throws {
    let test = ListedSource(classes: [0, 1, 2])
    let parts = try arranged("0.9/0.1", [.train: Self.mixed, .test: test])
    #expect(parts[.train]?.count == 90 && parts[.validation]?.count == 10 && parts[.test]?.count == 3)
    #expect(parts[.test]?.source === test)
    #expect(parts[.train]?.source === parts[.validation]?.source)
  }

  @Test func aShareOfNothingMakesNoPart() throws {
    #expect(Set(try arranged("0.8/0/0.2").keys) == [.train, .test])
  }

  @Test(arguments: [
    ("0.8/0.1/0.1", [SplitName.train, .test], "a test part of its own"),
    ("0.9/0.1", [.train, .validation], "a validation part of its own"), ("0.99/0.01", [.train], "leaves none for test"),
  ]) func sharesThatDoNotFit(split: String, names: [SplitName], words: String) {
    let source = ListedSource(classes: [0, 1, 2, 0])
    let sources = Dictionary(uniqueKeysWithValues: names.map { ($0, source as any SampleSource) })
    #expect {
      try arranged(split, sources)
    } throws: { error in
      (error as? DatasetError)?.description.contains(words) == true
    }
  }
}
