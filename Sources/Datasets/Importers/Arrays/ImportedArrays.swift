extension ImportedDataset {
  /// The arrays of each part: its images, and its labels in the order of the images.
  ///
  /// - Parameter options: the size of images that have one axis for all of it, and what the labels are.
  init(_ arrays: [SplitName: (images: NPYArray, labels: NPYArray)], _ options: ImportOptions) throws {
    var layouts: [SplitName: (images: StoredArray, layout: ImageLayout)] = [:]
    for (name, pair) in arrays {
      let images = try pair.images.images()
      layouts[name] = (images, try ImageLayout(of: images, options))
      // Before the labels take memory.
      guard pair.labels.header.shape.first == images.count else {
        throw images.error(
          expected: "an image for each label of \(pair.labels.name ?? pair.labels.file), which has shape "
            + "\(pair.labels.header.shape)", found: "\(images.count) images",
          advice: images.shape.last == pair.labels.header.shape.first
            ? "bring the samples to the first axis, by numpy.moveaxis(images, -1, 0)"
            : "choose images and labels of the same samples")
      }
    }
    let encoding = try EncodedLabels(arrays.mapValues { try $0.labels.labels() }, as: options.labelChoice.meaning)
    var splits: [SplitName: any SampleSource] = [:]
    for (name, part) in layouts {
      guard let labels = encoding.labels[name] else { continue }
      splits[name] = try ArraySamples(part.images, layout: part.layout, labels: labels)
    }
    try self.init(checking: splits, encoding, file: layouts.values.first?.images.file ?? "")
  }

  /// Parts whose images must be of one shape and stored alike.
  init(checking splits: [SplitName: any SampleSource], _ encoding: EncodedLabels, file: String) throws(DatasetError) {
    let parts = SplitName.allCases.compactMap { name in splits[name].map { (name, $0) } }
    for (name, part) in parts {
      guard let (first, other) = parts.first else { break }
      guard part.imageShape == other.imageShape && part.storage == other.storage else {
        throw DatasetError(
          file: file, object: "\(name)", expected: "images \(other.imageShape) of \(other.storage), as in \(first)",
          found: "\(part.imageShape) of \(part.storage)",
          advice: "write the images of all parts with one shape and type")
      }
    }
    self.init(splits: splits, classNames: encoding.classNames, notes: encoding.notes)
  }
}
