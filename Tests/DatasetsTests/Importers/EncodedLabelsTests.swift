import Testing

@testable import Datasets

@Suite struct EncodedLabelsTests {
  private func labels(_ content: RawLabels.Content, _ shape: Int...) throws -> RawLabels {
    try RawLabels(file: "file", object: "y", content: content, shape: shape)
  }

  /// A class may be missing from a part.
  @Test func namesOfAllParts() throws {
    let encoded = try EncodedLabels([
      .train: labels(.strings(["c", "a"]), 2), .test: labels(.strings(["b", "b", "a"]), 3),
    ])
    #expect(encoded.classNames == ["a", "b", "c"])
    #expect(encoded.labels == [.train: .classes([2, 0]), .test: .classes([1, 1, 0])])
  }

  @Test func oneHotInAllParts() throws {
    let train = try labels(.floats([0, 1, 1, 0]), 2, 2)
    let encoded = try EncodedLabels([.train: train, .test: labels(.integers([0, 1]), 1, 2)])
    #expect(encoded.labels == [.train: .classes([1, 0]), .test: .classes([1])])
    // Rows of one part that are not: all are values.
    let values = try EncodedLabels([.train: train, .test: labels(.floats([0, 0.5]), 1, 2)])
    #expect(values.labels == [.train: .values([0, 1, 1, 0], width: 2), .test: .values([0, 0.5], width: 2)])
  }

  @Test func partsThatDiffer() throws {
    let others: [RawLabels] = [
      try labels(.floats([0.5]), 1), try labels(.strings(["1"]), 1), try labels(.floats([0.5, 1]), 1, 2),
    ]
    for other in others {
      let error = try #require(throws: DatasetError.self) {
        try EncodedLabels([.train: labels(.integers([3]), 1), .test: other])
      }
      #expect(error.description.contains("file, y: expected labels like those of train"))
      #expect(throws: DatasetError.self) { try EncodedLabels([.test: labels(.integers([3]), 1), .train: other]) }
    }
  }

  /// What is imported can be read again: readers refuse more classes.
  @Test func labelsThatAreNoNumbersOfClasses() throws {
    let train = try labels(.integers([0, 65_535]), 2)
    #expect(try EncodedLabels([.train: train]).labels == [.train: .classes([0, 65_535])])
    for label in [65_536, Int64(Int32.max) - 1] {
      let error = try #require(throws: DatasetError.self) {
        try EncodedLabels([.train: train, .test: labels(.integers([0, 1, label]), 3)])
      }
      #expect(error.description.contains("expected classes below 65536; found label \(label) at index 2"))
    }
    let many = try EncodedLabels([
      .train: labels(.integers([Int64](0..<70_000)), 70_000), .test: labels(.integers([70_000]), 1),
    ])
    #expect(many.labels[.test] == .classes([70_000]))
  }

  @Test(arguments: [[], [0], [2, 0], [1, 1, 1]]) func shapes(shape: [Int]) throws {
    let error = try #require(throws: DatasetError.self) {
      try RawLabels(file: "file", object: nil, content: .integers([1]), shape: shape)
    }
    #expect(error.description.contains("labels [N] or [N, K] of at least one sample; found shape \(shape)"))
  }

  /// MATLAB and pandas store classes as floating-point numbers, which is worth a word; nobody guesses.
  @Test func wholeNumbersAsFloats() throws {
    let whole = try labels(.floats([0, 2, 1]), 3)
    let values = try EncodedLabels([.train: whole])
    #expect(values.labels == [.train: .values([0, 2, 1], width: 1)])
    #expect(values.notes.count == 1 && values.notes.first?.contains("--labels y:classes") == true)
    let classes = try EncodedLabels([.train: whole], as: .classes)
    #expect(classes.labels == [.train: .classes([0, 2, 1])] && classes.notes.isEmpty)
    #expect(try EncodedLabels([.train: whole], as: .values).notes.isEmpty)
    #expect(try EncodedLabels([.train: labels(.floats([0, 0.5]), 2)]).notes.isEmpty)
    let error = try #require(throws: DatasetError.self) {
      try EncodedLabels([.train: labels(.floats([0, 0.5]), 2)], as: .classes)
    }
    #expect(error.found == "0.5 at index 1")
  }
}
