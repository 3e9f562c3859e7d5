import HDF5

/// Where the samples of a part lie, and how they become what memory keeps.
struct StoredPart: Sendable {
  let images: StoredDataset
  let axes: ImageAxes
  var labels: LabelReader
  /// The samples of the datasets that are this part's.
  var rows: Range<Int>

  /// Checks the shapes and types of a part.
  ///
  /// - Parameter meaning: what the labels mean in the training part; nil for this one.
  init(reading pair: StoreLayout.Pair, meaning: LabelMeaning?) throws {
    let file = pair.images.file
    let images = try pair.images.openNumbers()
    guard let axes = pair.axes ?? ImageAxes(suggestedBy: images.shape), axes.rank == images.shape.count,
      pair.format == .foreign || axes.rank == 4
    else {
      throw file.invalid(
        pair.images.path, expected: "images \(pair.axes?.form ?? ImageAxes.nhwc.form)", found: "shape \(images.shape)",
        advice: "give grey images a last axis of 1")
    }
    guard images.elementCount > 0 else {
      throw file.invalid(
        pair.images.path, expected: "at least one sample", found: "shape \(images.shape)",
        advice: "add samples, or leave the split out")
    }
    self.images = pair.images
    self.axes = pair.format == .own ? .nhwc : axes
    rows = 0..<images.shape[0]

    let labels = try pair.labels.open()
    let encoding = try pair.format == .own ? LabelEncoding(ownFormat: labels) : pair.encoding(of: labels, meaning)
    guard let encoding else {
      _ = try pair.labels.openNumbers()
      throw pair.labels.file.invalid(
        pair.labels.path,
        expected: pair.format == .own
          ? "integers [N], or floating-point numbers [N] or [N, K]"
          : "numbers or names [N], one-hot rows [N, K], or floating-point numbers [N, K]",
        found: "\(labels.elementType) of shape \(labels.shape)",
        advice: pair.format == .own || !labels.elementType.isNumeric
          ? "see datasets/README.md for the format" : "write :values behind the path of labels that are no classes")
    }
    guard labels.shape[0] == images.shape[0] else {
      throw pair.labels.file.invalid(
        pair.labels.path, expected: "a label for each of the \(images.shape[0]) images",
        found: "\(labels.shape[0]) labels", advice: "write images and labels from the same samples")
    }
    self.labels = LabelReader(source: pair.labels, encoding: encoding)
  }

  /// The positions in the datasets of samples of this part.
  func inDataset(_ range: Range<Int>) -> Range<Int> {
    rows.lowerBound + range.lowerBound..<rows.lowerBound + range.upperBound
  }

  /// What the part holds.
  func split(classCount: Int) throws -> Split {
    let dataset = try images.openNumbers()
    let labels: Split.Labels =
      if case .values(let width) = labels.encoding { .values(width: width) } else { .classes(count: classCount) }
    return Split(
      count: rows.count, imageShape: axes.imageShape(of: dataset.shape),
      storage: dataset.elementType == UInt8.elementType || dataset.elementType.kind == .boolean ? .uint8 : .float32,
      labels: labels)
  }
}

extension ImageAxes {
  /// The axes as a shape, `[N, H, W, C]`.
  var form: String { "[\(rawValue.map(String.init).joined(separator: ", "))]" }
}

extension StoreLayout.Pair {
  /// How somebody else has stored labels; nil if they cannot be labels.
  fileprivate func encoding(of labels: borrowing Dataset, _ forced: LabelMeaning?) throws -> LabelEncoding? {
    guard let rows = labels.shape.first, labels.elementCount > 0 else {
      return labels.shape.count == 1 && labels.elementType.isNumeric ? .number : nil
    }
    let width = labels.elementCount / rows
    let meaning = meaning ?? forced
    switch labels.elementType.kind {
    case .string: return width == 1 && meaning != .values ? .name : nil
    case _ where !labels.elementType.isNumeric: return nil
    case _ where meaning == .values: return .values(width: width)
    case .float where width == 1:
      // Caffe writes classes as floating-point numbers; other programs mean it if they write them.
      let areClasses = try meaning == .classes || (hasCaffesNames && allAreWhole(labels))
      return areClasses ? .number : .values(width: 1)
    case _ where width == 1: return .number
    case let kind:
      guard labels.shape.filter({ $0 > 1 }).count <= 2 else { return nil }
      if try firstRowThatIsNotOneHot(labels, width: width) == nil || meaning == .classes {
        return .oneHot(count: width)
      }
      return kind == .float ? .values(width: width) : nil
    }
  }
}
