import HDF5

/// Where the samples of a part lie in the file.
///
/// Stores with other paths need only this to be chosen otherwise.
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
  let classNames: [String]
  let splits: [SplitName: Split]

  /// Reads and checks everything but the pixels.
  init(checking file: borrowing File) throws {
    try checkFormat(of: file)
    classNames = try readClassNames(of: file)
    let names = try presentSplits(of: file)

    // A class may be missing from one part, so the labels of all are read before the classes are counted.
    var classCount = classNames.count
    if classNames.isEmpty {
      for name in names { classCount = max(classCount, try largestLabel(of: name, in: file) + 1) }
    }
    var splits: [SplitName: Split] = [:]
    for name in names {
      let split = try readSplit(name, of: file, classCount: classCount)
      if let train = splits[.train] { try checkAgreement(of: split, name, with: train, file.name) }
      try checkLabels(of: split, name, in: file)
      splits[name] = split
    }
    self.splits = splits
  }
}

private let formatAdvice = "see datasets/README.md for the format"

// MARK: - Attributes

/// Checks that the file is a store of the version this program reads.
private func checkFormat(of file: borrowing File) throws {
  let expectedFormat = "\"\(ImageStore.format)\""
  let format = try attribute("format", of: file, expected: expectedFormat) { file throws(HDF5Error) in
    try file.attribute("format", of: "/", as: String.self)
  }
  guard format == ImageStore.format else {
    throw invalid(file.name, "attribute format of /", expected: expectedFormat, found: "\"\(format)\"")
  }
  let version = try attribute("version", of: file, expected: "\(ImageStore.version)") { file throws(HDF5Error) in
    try file.attribute("version", of: "/", as: Int.self)
  }
  guard version == ImageStore.version else {
    throw invalid(
      file.name, "attribute version of /", expected: "\(ImageStore.version)", found: "\(version)",
      advice: "write the store again, or use a program that reads this version")
  }
}

/// The names of the classes; none if the store does not name them.
private func readClassNames(of file: borrowing File) throws -> [String] {
  guard try file.hasAttribute("class_names", of: "/") else { return [] }
  return try attribute("class_names", of: file, expected: "an array of strings") { file throws(HDF5Error) in
    try file.attribute("class_names", of: "/", as: [String].self)
  }
}

/// Reads an attribute of the root; says what was expected if it is missing or of another type.
private func attribute<Value>(
  _ name: String, of file: borrowing File, expected: String,
  _ read: (borrowing File) throws(HDF5Error) -> Value
) throws -> Value {
  do {
    return try read(file)
  } catch {
    throw invalid(
      file.name, "attribute \(name) of /", expected: expected,
      found: error.kind == .objectNotFound ? "none" : error.detail)
  }
}

// MARK: - Shapes and types

/// The parts that the file has anything of; `train` must be there.
private func presentSplits(of file: borrowing File) throws -> [SplitName] {
  var names: [SplitName] = []
  for name in SplitName.allCases {
    let location = Location(name)
    let hasImages = try file.exists(location.images)
    let hasLabels = try file.exists(location.labels)
    if !hasImages && !hasLabels && name != .train { continue }
    guard hasImages else { throw invalid(file.name, location.images, expected: "images [N, H, W, C]", found: "none") }
    guard hasLabels else { throw invalid(file.name, location.labels, expected: "labels [N]", found: "none") }
    names.append(name)
  }
  return names
}

/// Checks the shapes and types of a part.
private func readSplit(_ name: SplitName, of file: borrowing File, classCount: Int) throws -> Split {
  let location = Location(name)
  let images = try openNumbers(location.images, of: file)
  guard images.shape.count == 4 else {
    throw invalid(
      file.name, location.images, expected: "images [N, H, W, C]", found: "shape \(images.shape)",
      advice: "give grey images a last axis of 1")
  }
  guard images.elementCount > 0 else {
    throw invalid(
      file.name, location.images, expected: "at least one sample", found: "shape \(images.shape)",
      advice: "add samples, or leave the split out")
  }

  let labels = try openNumbers(location.labels, of: file)
  let isReal = labels.elementType.kind == .float
  guard labels.shape.count == 1 || (isReal && labels.shape.count == 2 && labels.shape[1] > 0) else {
    throw invalid(
      file.name, location.labels, expected: "integers [N], or floating-point numbers [N] or [N, K]",
      found: "\(labels.elementType) of shape \(labels.shape)")
  }
  guard labels.shape[0] == images.shape[0] else {
    throw invalid(
      file.name, location.labels, expected: "a label for each of the \(images.shape[0]) images",
      found: "\(labels.shape[0]) labels", advice: "write images and labels from the same samples")
  }
  return Split(
    count: images.shape[0], imageShape: Array(images.shape.dropFirst()),
    storage: images.elementType == UInt8.elementType ? .uint8 : .float32,
    labels: isReal ? .values(width: labels.shape.count == 2 ? labels.shape[1] : 1) : .classes(count: classCount))
}

/// Checks that a model for the training part fits this part as well.
private func checkAgreement(of split: Split, _ name: SplitName, with train: Split, _ file: String) throws {
  guard split.imageShape == train.imageShape else {
    throw invalid(
      file, Location(name).images, expected: "images of \(train.imageShape), as in \(Location(.train).images)",
      found: "\(split.imageShape)", advice: "resize the images before they are written")
  }
  guard split.labels == train.labels else {
    throw invalid(
      file, Location(name).labels, expected: "\(train.labels), as in \(Location(.train).labels)",
      found: "\(split.labels)", advice: "write the labels of all splits with one type and width")
  }
}

/// Opens a dataset of numbers.
private func openNumbers(_ path: String, of file: borrowing File) throws -> Dataset {
  func problem(_ found: String) -> DatasetError {
    invalid(file.name, path, expected: "a dataset of numbers", found: found)
  }
  let dataset: Dataset
  do {
    dataset = try file.dataset(at: path)
  } catch {
    throw problem(error.detail)
  }
  guard dataset.elementType.isNumeric else { throw problem("\(dataset.elementType)") }
  return dataset
}

// MARK: - Labels

/// The largest class of a part, or -1 if its labels are not classes.
private func largestLabel(of name: SplitName, in file: borrowing File) throws -> Int {
  let labels = try openNumbers(Location(name).labels, of: file)
  guard labels.elementType.kind != .float else { return -1 }
  // A label that no `Int32` holds is reported with the others that are out of range.
  return Int(min(try labels.values(as: Int64.self).max() ?? -1, Int64(Int32.max)))
}

/// Checks every label of a part; the error names the first bad one.
private func checkLabels(of split: Split, _ name: SplitName, in file: borrowing File) throws {
  let path = Location(name).labels
  let labels = try openNumbers(path, of: file)
  switch split.labels {
  case .classes(let count):
    let values = try labels.values(as: Int64.self)
    guard let index = values.firstIndex(where: { $0 < 0 || $0 >= min(count, Int(Int32.max)) }) else { return }
    throw invalid(
      file.name, path, expected: count > 0 ? "classes from 0 to \(count - 1)" : "classes from 0",
      found: "\(values[index]) at index \(index)",
      advice: "number the classes from 0, and name each of them in class_names")
  case .values:
    let values = try labels.values(as: Float.self)
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw invalid(
      file.name, path, expected: "finite numbers", found: "\(values[index]) as value \(index)",
      advice: "leave out the samples without a label")
  }
}

/// The error for a store that is not as it must be.
private func invalid(
  _ file: String, _ object: String, expected: String, found: String, advice: String = formatAdvice
) -> DatasetError {
  DatasetError(file: file, object: object, expected: expected, found: found, advice: advice)
}
