import Numerics

/// How the samples of a source become the parts of a store: divided, and in which order.
public struct Arrangement: Sendable {
  /// The shares of the parts; nil leaves the source's own.
  public var split: SplitFractions?
  /// Whether samples keep the order of the source; else each part is shuffled.
  public var keepsOrder = false
  /// What the random numbers depend on.
  public var seed: UInt64 = 0

  /// All samples as they are divided, shuffled with seed 0.
  public init() {}

  /// Arranges the parts of a source.
  ///
  /// Without shares the parts stay. A source of one part is divided into train and test by two shares, into train,
  /// validation and test by three. One that has a test part of its own keeps it: two shares divide the rest into train
  /// and validation. Labels that are classes are divided class by class (see `SplitFractions`).
  ///
  /// - Parameter name: the source, for messages.
  /// - Throws: `DatasetError` if the shares do not fit the parts, or leave a part without samples.
  public func parts(of sources: [SplitName: any SampleSource], named name: String) throws -> [SplitName: StorePart] {
    for source in sources.values where source.count > Self.sampleLimit {
      throw DatasetError(
        file: name, object: nil, expected: "at most \(Self.sampleLimit) samples in a part", found: "\(source.count)",
        advice: "divide the data into several stores")
    }
    var parts = sources.mapValues { StorePart($0) }
    if let split, let train = sources[.train] {
      let names = try partNames(for: split, present: Set(sources.keys), name)
      let divided = indices(of: train, dividedBy: split)
      for (part, indices) in zip(names, divided) {
        if indices.isEmpty && !split.isPresent(part.position) { continue }
        guard !indices.isEmpty else {
          throw DatasetError(
            file: name, object: nil, expected: "enough samples for --split \(split)",
            found: "\(train.count), which leaves none for \(part.name)", advice: "give \(part.name) a larger share")
        }
        parts[part.name] = StorePart(train, indices: indices)
      }
    }
    guard !keepsOrder else { return parts }
    for (position, name) in SplitName.allCases.enumerated() {
      guard let part = parts[name] else { continue }
      var indices = part.indices ?? Array(0..<part.count)
      var random = RandomStream(seed: seed, purpose: .sampling, UInt32(position), 0, SamplingKey.order)
      random.shuffle(&indices)
      parts[name] = StorePart(part.source, indices: indices)
    }
    return parts
  }

  /// Orders are drawn by 32-bit numbers.
  private static let sampleLimit = Int(Int32.max)

  /// The names of the parts that the shares are for.
  private func partNames(
    for split: SplitFractions, present: Set<SplitName>, _ file: String
  ) throws -> [(name: SplitName, position: Int)] {
    func problem(_ expected: String, _ found: String, _ advice: String) -> DatasetError {
      DatasetError(file: file, object: nil, expected: expected, found: found, advice: advice)
    }
    let names: [SplitName]
    if present.contains(.validation) {
      throw problem(
        "data in one part, or with a test part, for --split \(split)", "a validation part of its own",
        "leave --split out to keep the parts as they are")
    } else if present.contains(.test) {
      guard split.count == 2 else {
        throw problem(
          "two shares, such as --split 0.9/0.1, which divide the training part into train and validation",
          "\(split), and a test part of its own", "leave out the share of the test part, or --split")
      }
      names = [.train, .validation]
    } else {
      names = split.count == 2 ? [.train, .test] : [.train, .validation, .test]
    }
    return names.enumerated().map { ($1, $0) }
  }

  /// The samples of each part, in the order of the source.
  private func indices(of source: any SampleSource, dividedBy split: SplitFractions) -> [[Int]] {
    var groups = groups(of: source)
    let counts = split.counts(of: groups.map(\.count))
    var parts = [[Int]](repeating: [], count: split.count)
    for (number, counts) in counts.enumerated() {
      if !keepsOrder {
        var random = RandomStream(seed: seed, purpose: .sampling, UInt32(number), 0, SamplingKey.division)
        random.shuffle(&groups[number])
      }
      var start = 0
      for (part, count) in counts.enumerated() {
        parts[part] += groups[number][start..<start + count]
        start += count
      }
    }
    return parts.map { $0.sorted() }
  }

  /// The samples of each class; of numbers, all in one group.
  private func groups(of source: any SampleSource) -> [[Int]] {
    guard case .classes(let classes) = source.labels else { return [Array(0..<source.count)] }
    var groups: [Int32: [Int]] = [:]
    for (index, label) in classes.enumerated() { groups[label, default: []].append(index) }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }
}
