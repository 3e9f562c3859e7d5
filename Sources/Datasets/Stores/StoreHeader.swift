import HDF5

/// Where our own format has the samples of a part.
struct Location {
  let images: String
  let labels: String

  init(_ name: SplitName) {
    images = "/\(name)/images"
    labels = "/\(name)/labels"
  }
}

/// What a store says about itself, checked: attributes, shapes, types, and every label.
struct StoreHeader {
  private(set) var classNames: [String] = []
  private(set) var parts: [SplitName: StoredPart] = [:]
  private(set) var splits: [SplitName: Split] = [:]
  /// How data was taken that could have been meant otherwise, a sentence each.
  var notes: [String] { parts[.train]?.notes ?? [] }

  /// Reads and checks everything but the pixels.
  init(checking layout: StoreLayout) throws {
    let order = SplitName.allCases.filter { layout.pairs[$0] != nil }
    var meaning: LabelMeaning?
    for name in order {
      guard let pair = layout.pairs[name] else { continue }
      let part = try StoredPart(reading: pair, meaning: meaning)
      try part.labels.requireMemory(part.rows.count)
      parts[name] = part
      // What the labels of other parts mean is what those of the first, which is the training part, do.
      meaning = meaning ?? (part.labels.encoding.isOfClasses ? .classes : .values)
    }
    try nameClasses(layout, order)
    let classCount = try countClasses()
    for name in order {
      guard let part = parts[name] else { continue }
      let split = try part.split(classCount: classCount)
      if let train = splits[.train], let trainPart = parts[.train] {
        try checkAgreement(of: split, part, with: train, trainPart)
      }
      try part.labels.check(classCount: classCount)
      splits[name] = split
    }
  }

  /// Finds the names of the classes, and numbers the classes of labels that are names.
  private mutating func nameClasses(_ layout: StoreLayout, _ order: [SplitName]) throws {
    let named = order.filter { parts[$0]?.labels.encoding == .name }
    if !named.isEmpty {
      classNames = ClassNames.inOrder(
        Set(try named.flatMap { try parts[$0].map { try $0.labels.distinctNames($0.rows) } ?? [] }))
      let numbers = Dictionary(uniqueKeysWithValues: zip(classNames, Int32(0)...))
      for name in named { parts[name]?.labels.numbers = numbers }
      return
    }
    guard parts[.train]?.labels.encoding.isOfClasses ?? true else { return }
    classNames = try storedClassNames(layout.file, layout.base)
    guard let second = layout.pairs[.validation]?.images.file, second !== layout.file, !classNames.isEmpty else {
      return
    }
    let others = try storedClassNames(second, layout.base)
    guard others.isEmpty || others == classNames else {
      throw second.invalid(
        "the names of the classes", expected: "\(classNames), as in \(layout.file.name)", found: "\(others)",
        advice: "number the classes of both files alike")
    }
  }

  /// The number of classes; those of a part may be missing from another.
  ///
  /// - Throws: `DatasetError` if there are more classes than names, or than samples could have.
  private func countClasses() throws -> Int {
    let limit = ClassLimit.count(ofParts: parts.values.map(\.rows.count))
    var count = classNames.count
    for part in SplitName.allCases.compactMap({ parts[$0] }) {
      guard case .oneHot(let width) = part.labels.encoding else { continue }
      let source = part.labels.source
      guard classNames.isEmpty || width <= classNames.count else {
        throw source.file.invalid(
          source.path, expected: "at least \(width) names of classes, as one-hot rows have \(width) columns",
          found: "\(classNames.count)", advice: "name each class, or leave the names out")
      }
      guard width <= limit else {
        throw source.file.invalid(
          source.path, expected: "one-hot rows of at most \(limit) columns", found: "\(width)",
          advice: "store the numbers of the classes, from 0 without gaps")
      }
      count = max(count, width)
    }
    guard count == 0 else { return count }
    for part in SplitName.allCases.compactMap({ parts[$0] }) {
      count = max(count, try part.labels.largestNumber(below: limit) + 1)
    }
    return count
  }

  /// Moves the end of the training part to a part `validation`, as Keras' `validation_split` does.
  ///
  /// - Returns: a warning if the classes of one are not those of the other.
  /// - Throws: `DatasetError` if there is such a part, or nothing would be left on one side.
  mutating func divide(_ fraction: Double, _ file: String) throws -> String? {
    guard let train = parts[.train], let split = splits[.train] else { return nil }
    func problem(_ expected: String, _ found: String, _ advice: String) -> DatasetError {
      DatasetError(file: file, object: train.images.path, expected: expected, found: found, advice: advice)
    }
    guard fraction > 0, fraction < 1 else {
      throw problem("a validation fraction above 0 and below 1", "\(fraction)", "0.2 is a fifth")
    }
    guard parts[.validation] == nil else {
      throw problem(
        "no validation split beside a validation fraction", "one of \(splits[.validation]?.count ?? 0) samples",
        "leave out the validation fraction")
    }
    // Keras' own rounding: the first ⌊N · (1 − f)⌋ samples stay.
    let kept = Int((Double(split.count) * (1 - fraction)).rounded(.down))
    guard kept > 0, kept < split.count else {
      throw problem(
        "a fraction that leaves samples on both sides", "\(fraction) of \(split.count) samples", "choose another one")
    }
    let middle = train.rows.lowerBound + kept
    parts[.train]?.rows = train.rows.lowerBound..<middle
    parts[.validation] = train
    parts[.validation]?.rows = middle..<train.rows.upperBound
    splits[.train] = split.with(count: kept)
    splits[.validation] = split.with(count: split.count - kept)

    guard train.labels.encoding.isOfClasses else { return nil }
    let before = try train.labels.distinctClasses(train.rows.lowerBound..<middle)
    let after = try train.labels.distinctClasses(middle..<train.rows.upperBound)
    guard before != after else { return nil }
    return "\(file): the first \(kept) samples, which are trained on, have \(before.count) classes, the others, which "
      + "validate, have \(after.count), of which \(after.subtracting(before).count) are never trained on; if the samples "
      + "are sorted by class, shuffle them before they are written"
  }
}

extension LabelEncoding {
  /// Whether the labels are classes.
  var isOfClasses: Bool { if case .values = self { false } else { true } }
}

/// The names of classes that a file has, in the group of the parts or at its root; none if it does not name them.
private func storedClassNames(_ file: StoreFile, _ base: String) throws -> [String] {
  for group in base.isEmpty ? [""] : [base, ""] where try file.file.exists(group.isEmpty ? "/" : group) {
    let path = group.isEmpty ? "/" : group
    if try file.file.hasAttribute("class_names", of: path) {
      do {
        return try file.file.attribute("class_names", of: path, as: [String].self)
      } catch {
        throw file.invalid("attribute class_names of \(path)", expected: "an array of strings", found: error.detail)
      }
    }
    guard let names = try DatasetSearch(in: file, under: group).classNames() else { continue }
    do {
      let dataset = try names.open()
      return try dataset.strings(rows: 0..<dataset.shape[0])
    } catch let error as HDF5Error {
      throw file.invalid(names.path, expected: "the names of the classes", found: error.detail)
    }
  }
  return []
}

/// Checks that a model for the training part fits this part as well.
private func checkAgreement(of split: Split, _ part: StoredPart, with train: Split, _ trainPart: StoredPart) throws {
  guard split.imageShape == train.imageShape else {
    throw part.images.file.invalid(
      part.images.path, expected: "images of \(train.imageShape), as in \(trainPart.images.path)",
      found: "\(split.imageShape)", advice: "resize the images before they are written")
  }
  guard split.labels == train.labels else {
    throw part.labels.source.file.invalid(
      part.labels.source.path, expected: "\(train.labels), as in \(trainPart.labels.source.path)",
      found: "\(split.labels)", advice: "write the labels of all splits with one type and width")
  }
}
