import HDF5

/// Where the samples of a part lie, and how they become what memory keeps.
struct StoredPart: Sendable {
  let images: StoredDataset
  let axes: ImageAxes
  var labels: LabelReader
  /// The samples of the datasets that are this part's.
  var rows: Range<Int>
  /// How it was taken where it could have been meant otherwise, a sentence each.
  private(set) var notes: [String] = []

  /// Checks the shapes and types of a part.
  ///
  /// - Parameter meaning: what the labels mean in the training part; nil for this one.
  init(reading pair: StoreLayout.Pair, meaning: LabelMeaning?) throws {
    let file = pair.images.file
    let images = try pair.images.openNumbers()
    guard let axes = try pair.axes ?? ImageAxes(of: pair, images), axes.rank == images.shape.count,
      pair.format == .foreign || axes.rank == 4
    else {
      if images.shape.count == 2, pair.axes == nil {
        let size: [Substring] = ImageLayout.likelySize(ofRow: images.shape[1]).split(separator: "x") + ["1"]
        throw file.invalid(
          pair.images.path, expected: "images \(ImageAxes.nhwc.form)",
          found: "shape \(images.shape), a flat row for each",
          advice: "write them with their axes, such as images.reshape(-1, \(size.prefix(3).joined(separator: ", ")))")
      }
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

    var labelSource = pair.labels
    labelSource.skippedAxes = try pair.axesBeforeLabels(of: images.shape[0])
    let labels = try labelSource.open()
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
        found: "\(labels.shape[0]) labels",
        advice: labels.shape.count == 2 && labels.shape[1] == images.shape[0]
          ? "write the labels with their axes exchanged, a row for each sample"
          : images.shape.last == labels.shape[0]
            ? "write the images with the samples on the first axis, by numpy.moveaxis(images, -1, 0)"
            : "write images and labels from the same samples")
    }
    self.labels = LabelReader(source: labelSource, encoding: encoding)
    guard pair.format == .foreign else { return }
    if pair.axes == nil, axes == .ncwh || axes == .nwh {
      notes.append(
        "\(pair.images.path) is of MATLAB, whose axes come the other way round, and was taken as \(axes.form); "
          + "--images :\(axes.transposed.rawValue) takes it otherwise")
    } else if pair.axes == nil, labelSource.skippedAxes > 0 {
      notes.append(
        "the labels [1, N] of \(pair.labels.path) are as MATLAB writes them; if the images lie on their side "
          + "(cnn-dist dataset show), --images :\(axes.transposed.rawValue) puts them upright")
    }
    if pair.meaning == nil, meaning == nil, encoding == .values(width: 1), try allAreWhole(labels) {
      notes.append(
        "\(pair.labels.path) has whole numbers, stored as \(labels.elementType), which are taken as numbers to predict; "
          + "if they are classes, say --labels :classes (and :values if they are not)")
    }
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

extension ImageAxes {
  /// The order that the shape of images suggests, and who wrote them: MATLAB's first axis is the last in a file.
  fileprivate init?(of pair: StoreLayout.Pair, _ images: borrowing Dataset) throws {
    guard let axes = ImageAxes(suggestedBy: images.shape) else { return nil }
    let isReversed =
      try (axes == .nchw || axes == .nhw) && pair.format == .foreign
      && pair.images.file.file.hasAttribute("MATLAB_class", of: pair.images.path)
    self = isReversed ? axes.transposed : axes
  }
}

extension StoreLayout.Pair {
  /// The axes of length 1 before that of the samples: MATLAB has no vectors, and writes labels as `[1, N]`.
  fileprivate func axesBeforeLabels(of count: Int) throws -> Int {
    guard format == .foreign, count > 1 else { return 0 }
    let shape = try labels.open().shape
    return shape.count > 1 && shape.last == count && shape.dropLast().allSatisfy { $0 == 1 } ? shape.count - 1 : 0
  }

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
