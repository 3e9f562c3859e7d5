import Numerics

/// What a user says about where samples lie.
public struct StoreSelection: Sendable, Equatable {
  /// The file.
  public var path: String
  /// The dataset of the images if it is not found by its name: `/x`, or `other.h5:/x` in another file.
  ///
  /// `:NHWC`, `:NCHW`, `:NHW`, `:NWHC`, `:NCWH` or `:NWH` at the end says what the axes are, where the shape leaves it open;
  /// alone, it holds for the images that are found.
  public var images: String?
  /// The dataset of the labels, in the same form.
  ///
  /// `:classes` or `:values` at the end says what the numbers are, where their type leaves it open; alone, it holds for the
  /// labels that are found.
  public var labels: String?
  /// A second file whose samples become the part `validation`.
  public var validationStore: String?
  /// The share of the training part, from its end, that becomes the part `validation`; above 0 and below 1.
  public var validationFraction: Double?

  /// Creates a selection; what is nil is found.
  public init(
    _ path: String, images: String? = nil, labels: String? = nil, validationStore: String? = nil,
    validationFraction: Double? = nil
  ) {
    self.path = path
    self.images = images
    self.labels = labels
    self.validationStore = validationStore
    self.validationFraction = validationFraction
  }

  /// The files, other than the stores themselves, that the images and labels are said to lie in.
  public var referencedFiles: [String] { [images, labels].compactMap { $0.flatMap { DatasetReference($0).file } } }

  /// The same selection with other names for its files.
  public func mapFiles<Failure>(_ transform: (String) throws(Failure) -> String) throws(Failure) -> StoreSelection {
    func mapped(_ text: String?) throws(Failure) -> String? {
      guard let text else { return nil }
      var reference = DatasetReference(text)
      if let file = reference.file { reference.file = try transform(file) }
      return reference.description
    }
    return StoreSelection(
      try transform(path), images: try mapped(images), labels: try mapped(labels),
      validationStore: try validationStore.map(transform), validationFraction: validationFraction)
  }
}

/// A dataset as users write it: `/x`, `file.h5:/x`, with what it means at the end, `/x:NCHW`.
struct DatasetReference: Equatable, CustomStringConvertible {
  /// The file; nil for the store's own.
  var file: String?
  /// The path in the file, from its root.
  var path: String
  /// What the axes of images are, if it is said.
  var axes: ImageAxes?
  /// What the numbers of labels are, if it is said.
  var meaning: LabelMeaning?

  init(_ text: String) {
    var text = text
    if let colon = text.lastIndex(of: ":") {
      let end = text[text.index(after: colon)...]
      axes = ImageAxes(rawValue: end.uppercased())
      meaning = LabelMeaning(rawValue: end.lowercased())
      if axes != nil || meaning != nil { text = String(text[..<colon]) }
    }
    if let start = text.range(of: ":/", .last) {
      file = String(text[..<start])
      path = String(text[text.index(after: start)...])
    } else {
      path = Path.isAbsolute(text) ? text : "/\(text)"
    }
  }

  /// Whether a dataset is named; else only its meaning is said.
  var isNamed: Bool { file != nil || path != "/" }

  /// The form that users write.
  var description: String {
    "\(file.map { "\($0):" } ?? "")\(path)\((axes?.rawValue ?? meaning?.rawValue).map { ":\($0)" } ?? "")"
  }
}

extension String {
  fileprivate enum Which { case last }

  /// Where the last `:/` that has something before it starts.
  fileprivate func range(of separator: String, _: Which) -> Index? {
    indices.last { $0 > startIndex && self[$0...].hasPrefix(separator) }
  }
}
