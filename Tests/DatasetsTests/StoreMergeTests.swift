import Foundation
import Testing

@testable import Datasets

@Suite struct StoreMergeTests {
  private func store(
    _ parts: [SplitName: any SampleSource], _ classNames: [String] = []
  ) throws -> ImageStore {
    try withStorePath { path in
      _ = try StoreWriter(parts.mapValues { StorePart($0) }, classNames: classNames).write(to: path, replacing: false)
      return try ImageStore(opening: path)
    }
  }

  private func merged(_ stores: [ImageStore]) throws -> ImageStore {
    let merge = try StoreMerge(stores)
    return try store(merge.sources, merge.classNames)
  }

  @Test func classesAreUnitedByName() throws {
    let first = try store(
      [.train: ListedSource(classes: [0, 1, 0]), .test: ListedSource(.classes([1]), firstNumber: 10)], ["cat", "dog"])
    let second = try store(
      [
        .train: ListedSource(.classes([0, 1, 2]), firstNumber: 20),
        .validation: ListedSource(.classes([2]), firstNumber: 30),
      ],
      ["dog", "fox", "cat"])
    let all = try merged([first, second])
    #expect(all.classNames == ["cat", "dog", "fox"])
    #expect(try sampleNumbers(of: all, .train) == [0, 1, 2, 20, 21, 22])
    #expect(try classes(of: all, .train) == [0, 1, 0, 1, 2, 0])
    #expect(try sampleNumbers(of: all, .validation) == [30])
    #expect(try classes(of: all, .validation) == [0])
    #expect(try sampleNumbers(of: all, .test) == [10])
  }

  @Test func classesWithoutNames() throws {
    let all = try merged([store([.train: ListedSource(classes: [0, 4])]), store([.train: ListedSource(classes: [1])])])
    #expect(all.classNames == [])
    #expect(try classes(of: all, .train) == [0, 4, 1])
  }

  @Test func numbers() throws {
    let one = ListedSource(.values([1, 2, 3, 4], width: 2))
    let all = try merged([store([.train: one]), store([.train: one]), store([.train: one])])
    #expect(try StoreSource(of: all, split: .train).labels == .values([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4], width: 2))
  }

  @Test func whatDoesNotFit() throws {
    let first = try store([.train: ListedSource(classes: [0, 1])], ["cat", "dog"])
    let others: [([SplitName: any SampleSource], [String], String)] = [
      ([.train: ListedSource(.classes([0]), shape: [1, 2, 1])], ["cat"], "images of [2, 1, 1]"),
      ([.train: ListedSource(.values([0], width: 1))], [], "labels that are classes"),
      ([.train: ListedSource(classes: [0])], [], "class names: some"),
      ([.train: ListedSource(classes: [0])], ["dog", "dog"], "different names"),
      (
        [
          .train: SyntheticSource(
            Blobs.self, SynthesisSettings(shape: [2, 1, 1], classCount: 1, noise: 0), range: 0..<1)
        ], ["a"],
        "pixels of type float32"
      ),
    ]
    for (parts, names, words) in others {
      let other = try store(parts, names)
      #expect {
        try StoreMerge([first, other])
      } throws: { error in
        (error as? DatasetError)?.description.contains(words) == true
      }
    }
  }
}
