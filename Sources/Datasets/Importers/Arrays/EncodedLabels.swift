import Archives

/// The labels of a part as a file has them.
struct RawLabels: Sendable {
  /// The values in row-major order, `width` for each sample.
  enum Content: Sendable {
    case integers([Int64])
    case floats([Float])
    case strings([String])

    var count: Int {
      switch self {
      case .integers(let numbers): numbers.count
      case .floats(let numbers): numbers.count
      case .strings(let texts): texts.count
      }
    }
  }

  /// The file, for messages.
  let file: String
  /// What the labels are called there.
  let object: String?
  let content: Content
  /// The values for each sample; labels `[N]` and `[N, 1]` have one.
  let width: Int

  /// The number of samples.
  var count: Int { content.count / width }

  /// Whether they could be classes, but are stored as floating-point numbers, as MATLAB and pandas do.
  fileprivate var areWholeFloats: Bool {
    guard case .floats(let numbers) = content, width == 1 else { return false }
    return numbers.allSatisfy { $0 >= 0 && $0 < 65_536 && $0 == $0.rounded(.down) }
  }

  /// The same labels as numbers of the kind that is said: whole ones are classes.
  ///
  /// - Throws: `DatasetError` if they cannot be.
  fileprivate func meaning(_ meaning: LabelMeaning?) throws(DatasetError) -> RawLabels {
    switch (meaning, content) {
    case (.classes, .floats(let numbers)) where width == 1:
      guard let index = numbers.firstIndex(where: { Int32(exactly: $0) == nil }) else {
        return try RawLabels(
          file: file, object: object, content: .integers(numbers.map { Int64($0) }), shape: [numbers.count])
      }
      throw error(
        expected: "whole numbers, as classes are", found: "\(numbers[index]) at index \(index)",
        advice: "leave :classes out")
    case (.values, .integers(let numbers)):
      return try RawLabels(
        file: file, object: object, content: .floats(numbers.map { Float($0) }), shape: [count, width])
    case (.values, .strings):
      throw error(expected: "numbers to predict", found: "texts", advice: "leave :values out")
    default: return self
    }
  }

  /// Whether they are names of classes.
  fileprivate var isText: Bool { if case .strings = content { true } else { false } }

  fileprivate func error(expected: String, found: String, advice: String) -> DatasetError {
    DatasetError(file: file, object: object, expected: expected, found: found, advice: advice)
  }

  /// Refuses labels that would take more than half of the machine's memory: as texts or whole numbers they take many times
  /// what they take in a file.
  ///
  /// - Parameter byteCount: what they take there.
  static func checkMemory(_ shape: [Int], byteCount: Int, file: String, object: String?) throws(DatasetError) {
    let most = MemoryLimit.bytes / 32
    guard shape.reduce(1, *) > most || byteCount > MemoryLimit.bytes / 4 else { return }
    throw DatasetError(
      file: file, object: object, expected: "at most \(most) labels, for this machine's memory",
      found: "shape \(shape)",
      advice: "choose the labels by --labels, or use a machine with more memory")
  }

  /// Labels of the shape `[N]` or `[N, K]`.
  ///
  /// - Throws: `DatasetError` if it is another shape, or nothing is in it.
  init(file: String, object: String?, content: Content, shape: [Int]) throws(DatasetError) {
    guard [1, 2].contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      throw DatasetError(
        file: file, object: object, expected: "labels [N] or [N, K] of at least one sample", found: "shape \(shape)",
        advice: "choose the labels by --labels, or bring them to one of these shapes")
    }
    self.file = file
    self.object = object
    self.content = content
    width = shape.count == 2 ? shape[1] : 1
    precondition(content.count == shape[0] * width, "\(content.count) labels of shape \(shape)")
  }
}

/// Labels in the forms that files have, brought to those that a store has: the same one for all parts.
///
/// Whole numbers `[N]` and `[N, 1]` are classes; `[N, K]` in which each row has a single 1, and else 0, is one-hot and gives
/// classes too, whatever type the numbers have. Texts are names of classes, which are numbered as
/// ``ClassNames`` orders them. Other floating-point numbers are values to predict, unless it is said that they are classes.
struct EncodedLabels: Sendable, Equatable {
  /// The labels of each part.
  let labels: [SplitName: StoredSamples.Labels]
  /// The names of the classes; empty if the labels are no texts.
  let classNames: [String]
  /// How labels were taken that could have been meant otherwise, a sentence each.
  let notes: [String]

  /// Brings the labels of all parts to one form.
  ///
  /// - Parameter meaning: what numbers are, if somebody says it.
  /// - Throws: `DatasetError` that names the first label that is none, or the part that differs from the others.
  init(_ parts: [SplitName: RawLabels], as meaning: LabelMeaning? = nil) throws(DatasetError) {
    var raw: [(SplitName, RawLabels)] = []
    for name in SplitName.allCases {
      if let part = parts[name] { raw.append((name, try part.meaning(meaning))) }
    }
    var names: Set<String> = []
    for (_, part) in raw {
      if case .strings(let texts) = part.content { names.formUnion(texts) }
    }
    classNames = ClassNames.inOrder(names)
    let isOneHot = meaning != .values && raw.allSatisfy { Self.isOneHot($0.1) }
    let numbers = Dictionary(zip(classNames, 0...), uniquingKeysWith: { first, _ in first })

    var labels: [SplitName: StoredSamples.Labels] = [:]
    for (name, part) in raw {
      let encoded = isOneHot ? Self.places(of: part) : try Self.encode(part, numbers)
      if let (firstName, first) = raw.first, let firstLabels = labels[firstName] {
        guard Self.agree(encoded, firstLabels) && part.isText == first.isText else {
          throw part.error(
            expected: "labels like those of \(firstName)", found: "other ones",
            advice: "write the labels of all parts with one type and shape")
        }
      }
      labels[name] = encoded
    }
    let limit = ClassLimit.count(ofParts: raw.map(\.1.count))
    for (name, part) in raw {
      guard classNames.isEmpty, case .classes(let classes) = labels[name],
        let index = classes.firstIndex(where: { $0 >= limit })
      else { continue }
      throw part.error(
        expected: ClassLimit.expectation(limit), found: "label \(classes[index]) at index \(index)",
        advice: ClassLimit.advice)
    }
    self.labels = labels
    notes =
      if let first = raw.first?.1, meaning == nil, raw.allSatisfy({ $0.1.areWholeFloats }) {
        [
          "\(first.object ?? first.file): whole numbers, stored as floating-point ones, were taken as numbers to predict; "
            + "--labels \(first.object ?? ""):classes makes classes of them"
        ]
      } else { [] }
  }

  /// Whether each row has a single 1 and else 0.
  private static func isOneHot(_ part: RawLabels) -> Bool {
    func check<T: Numeric & Equatable>(_ values: [T]) -> Bool {
      guard part.width > 1 else { return false }
      for start in stride(from: 0, to: values.count, by: part.width) {
        var ones = 0
        for value in values[start..<start + part.width] {
          if value == 1 { ones += 1 } else if value != 0 { return false }
        }
        guard ones == 1 else { return false }
      }
      return true
    }
    switch part.content {
    case .integers(let numbers): return check(numbers)
    case .floats(let numbers): return check(numbers)
    case .strings: return false
    }
  }

  /// Where the 1 of each row is.
  private static func places(of part: RawLabels) -> StoredSamples.Labels {
    func places<T: Numeric & Equatable>(_ values: [T]) -> [Int32] {
      values.indices.filter { values[$0] == 1 }.map { Int32($0 % part.width) }
    }
    switch part.content {
    case .integers(let numbers): return .classes(places(numbers))
    case .floats(let numbers): return .classes(places(numbers))
    case .strings: return .classes([])
    }
  }

  private static func encode(
    _ part: RawLabels, _ numbers: [String: Int]
  ) throws(DatasetError) -> StoredSamples.Labels {
    switch part.content {
    case .integers(let values) where part.width == 1:
      guard let index = values.firstIndex(where: { $0 < 0 || $0 >= Int64(Int32.max) }) else {
        return .classes(values.map { Int32(truncatingIfNeeded: $0) })
      }
      throw part.error(
        expected: "classes from 0", found: "\(values[index]) at index \(index)",
        advice: "number the classes from 0, or store values to predict as floating-point numbers")
    case .integers:
      throw part.error(
        expected: "a class for each sample, or rows with a single 1 and else 0",
        found: "rows of \(part.width) other numbers",
        advice: "choose the labels by --labels, or store values to predict as floating-point numbers")
    case .floats(let values):
      guard let index = values.firstIndex(where: { !$0.isFinite }) else { return .values(values, width: part.width) }
      throw part.error(
        expected: "finite numbers", found: "\(values[index]) as label of sample \(index / part.width)",
        advice: "leave out the samples without a label")
    case .strings(let texts):
      guard part.width == 1 else {
        throw part.error(
          expected: "one name of a class for each sample", found: "\(part.width) texts for each",
          advice: "choose the labels by --labels")
      }
      guard let index = texts.firstIndex(of: "") else {
        return .classes(texts.map { Int32(truncatingIfNeeded: numbers[$0] ?? 0) })
      }
      throw part.error(
        expected: "the name of a class for each sample", found: "none for sample \(index)",
        advice: "leave out the samples without a label")
    }
  }

  /// Whether both are classes, or both values of one width.
  private static func agree(_ labels: StoredSamples.Labels, _ others: StoredSamples.Labels) -> Bool {
    switch (labels, others) {
    case (.classes, .classes): true
    case (.values(_, let width), .values(_, let otherWidth)): width == otherWidth
    default: false
    }
  }
}
