import Foundation
import HDF5
import Testing

@testable import Datasets

/// The path of a file that `make_foreign_stores.py` wrote.
func foreignStore(_ name: String, file: String = #filePath) -> String {
  URL(filePath: file).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path(percentEncoded: false)
}

/// Expects a `DatasetError` whose message contains all of `words`.
func expectDatasetError(
  _ words: String..., kind: DatasetError.Kind = .invalid, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
  } catch let error as DatasetError {
    #expect(error.kind == kind, sourceLocation: sourceLocation)
    for word in words {
      #expect("\(error)".contains(word), "\"\(word)\" is not in: \(error)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}

/// Stores as h5py writes them for other programs; the formulas are those of `make_foreign_stores.py`.
@Suite struct ForeignStoreTests {
  private func pixel(_ n: Int, _ h: Int, _ w: Int, _ c: Int) -> Float { Float((31 * n + 7 * h + 3 * w + 11 * c) % 251) }

  /// Pixels `[6, 5, channels]` of image `n`.
  private func pixels(_ n: Int, channels: Int = 3) -> [Float] {
    (0..<6).flatMap { h in (0..<5).flatMap { w in (0..<channels).map { c in pixel(n, h, w, c) } } }
  }

  private func label(_ n: Int) -> Int32 { Int32(5 * n % 3) }

  /// Checks the samples of a part: image `n` of the part is image `start + n` of the formula, changed by `map`.
  private func check(
    _ store: ImageStore, _ split: SplitName = .train, count: Int = 12, start: Int = 0, channels: Int = 3,
    labels: ((Int) -> Int32)? = nil, sourceLocation: SourceLocation = #_sourceLocation, map: (Float) -> Float = { $0 }
  ) throws {
    let samples = try StoredSamples(of: store, split: split, range: 0..<count)
    #expect(try store.split(split).count == count, sourceLocation: sourceLocation)
    #expect(samples.imageShape == [6, 5, channels], sourceLocation: sourceLocation)
    for n in 0..<count {
      #expect(
        image(n, of: samples) == pixels(start + n, channels: channels).map(map), "image \(n)",
        sourceLocation: sourceLocation)
      if let labels { #expect(samples.classLabel(n) == labels(start + n), sourceLocation: sourceLocation) }
    }
  }

  private func form(_ name: String, images: String = "", labels: String = "") throws -> ImageStore {
    try ImageStore(
      opening: StoreSelection(
        foreignStore("forms.h5"), images: "/\(name)/x\(images)", labels: "/\(name)/y\(labels)"))
  }

  // MARK: Whole data sets

  @Test func galaxies() throws {
    let store = try ImageStore(opening: foreignStore("galaxy10.h5"))
    #expect(store.splits.keys.sorted { $0.rawValue < $1.rawValue } == [.train])
    #expect(try store.split(.train).labels == .classes(count: 3))
    #expect(try store.split(.train).storage == .uint8)
    try check(store, labels: label)
  }

  @Test func imagesAndLabelsInTwoFiles() throws {
    let store = try ImageStore(opening: foreignStore("camelyonpatch_level_2_split_train_x.h5"))
    #expect(store.splits.count == 3)
    try check(store, labels: label)
    try check(store, .validation, count: 5, start: 12, labels: label)
    try check(store, .test, count: 4, start: 17, labels: label)
    let test = try ImageStore(opening: foreignStore("camelyonpatch_level_2_split_test_x.h5"))
    #expect(test.splits.count == 1)
    try check(test, count: 4, start: 17, labels: label)
  }

  /// Channels first, and classes as floating-point numbers.
  @Test func caffe() throws {
    let store = try ImageStore(opening: foreignStore("caffe.h5"))
    #expect(try store.split(.train).storage == .float32)
    #expect(try store.split(.train).labels == .classes(count: 3))
    try check(store, labels: label) { $0 / 256 }
    let values = try ImageStore(
      opening: StoreSelection(foreignStore("caffe.h5"), images: "/data", labels: "/label:values"))
    #expect(try values.split(.train).labels == .values(width: 1))
  }

  @Test func catsAndOthers() throws {
    let store = try ImageStore(opening: foreignStore("catvsnoncat.h5"))
    #expect(store.classNames == ["cat", "dog", "eel"])
    #expect(Set(store.splits.keys) == [.train, .test])
    try check(store, labels: label)
    try check(store, .test, count: 5, start: 12, labels: label)
  }

  // MARK: Names

  @Test func usualNames() throws {
    let arrays = try ImageStore(opening: foreignStore("keras_arrays.h5"))
    try check(arrays, labels: label)
    try check(arrays, .test, count: 5, start: 12, labels: label)
    let groups = try ImageStore(opening: foreignStore("groups.h5"))
    #expect(groups.classNames == ["cat", "dog", "eel"])
    try check(groups, labels: label)
    try check(groups, .validation, count: 5, start: 12, labels: label)
    try check(groups, .test, count: 4, start: 17, labels: label)
    try check(ImageStore(opening: foreignStore("own_paths.h5")), labels: label)
  }

  @Test func namesThatAreNotKnown() throws {
    let path = foreignStore("other_names.h5")
    expectDatasetError(
      path, "no images and labels under names that are known", "/stack/photographs uint8 [12, 6, 5, 3]",
      "/stack/site int64 [12]", "choose by --images /stack/photographs --labels /stack/"
    ) { _ = try ImageStore(opening: path) }
    try check(
      ImageStore(opening: StoreSelection(path, images: "stack/photographs", labels: "/stack/species")), labels: label)
    expectDatasetError("/stack/pictures: expected a dataset; found none; there are /stack/photographs") {
      _ = try ImageStore(opening: StoreSelection(path, images: "/stack/pictures", labels: "/stack/site"))
    }
    expectDatasetError("no labels under a known name") {
      _ = try ImageStore(opening: StoreSelection(path, images: "/stack/photographs"))
    }
    expectDatasetError("no images and labels", "name another file") {
      _ = try ImageStore(opening: foreignStore("only_labels.h5"))
    }
  }

  /// One flag may be enough; two datasets of which either could be meant are not chosen from.
  @Test func whatCouldBeMeantTwice() throws {
    let path = foreignStore("two_labels.h5")
    expectDatasetError("/labels and /y, any of which could be meant") { _ = try ImageStore(opening: path) }
    try check(ImageStore(opening: StoreSelection(path, labels: "/y")), labels: label)
  }

  @Test func labelsOfAnotherFile() throws {
    try check(
      ImageStore(
        opening: StoreSelection(
          foreignStore("only_labels.h5"), images: "\(foreignStore("galaxy10.h5")):/images", labels: "/labels")),
      labels: label)
    expectDatasetError("nowhere.h5", "check the path", kind: .notFound) {
      _ = try ImageStore(opening: StoreSelection(foreignStore("galaxy10.h5"), labels: "nowhere.h5:/y"))
    }
  }

  // MARK: Shapes, types, layouts

  @Test(arguments: ["big_endian", "half", "gzip", "fletcher32", "channels_first"])
  func typesAndLayouts(name: String) throws { try check(form(name), labels: label) }

  @Test func shapesAndTypesThatChangeValues() throws {
    for grey in ["grey", "channels_first_grey", "compact"] { try check(form(grey), channels: 1, labels: label) }
    try check(form("signed"), labels: label) { $0 - 100 }
    try check(form("float64"), labels: label) { $0 / 256 }
    let bool = try form("bool")
    #expect(try bool.split(.train).storage == .uint8)
    try check(bool, labels: { self.label($0) > 0 ? 1 : 0 }) { $0 > 125 ? 1 : 0 }
  }

  /// The user has the last word on axes.
  @Test func axesThatAreSaid() throws {
    let store = try form("fletcher32", images: ":NCHW")
    #expect(try store.split(.train).imageShape == [5, 3, 6])
    let samples = try StoredSamples(of: store, split: .train, range: 4..<5)
    // Row w, column c, channel h of what is stored as [h, w, c].
    let expected: [Float] = (0..<5).flatMap { w in (0..<3).flatMap { c in (0..<6).map { h in pixel(4, h, w, c) } } }
    #expect(image(4, of: samples) == expected)
    expectDatasetError("expected images [N, H, W]; found shape [12, 6, 5, 3]") {
      _ = try form("fletcher32", images: ":nhw")
    }
  }

  @Test func axesThatAreGuessed() {
    #expect(ImageAxes(suggestedBy: [9, 3, 32, 32]) == .nchw)
    #expect(ImageAxes(suggestedBy: [9, 1, 28, 28]) == .nchw)
    #expect(ImageAxes(suggestedBy: [9, 32, 32, 3]) == .nhwc)
    #expect(ImageAxes(suggestedBy: [9, 3, 3, 3]) == .nhwc)
    #expect(ImageAxes(suggestedBy: [9, 1, 5, 1]) == .nhwc)
    #expect(ImageAxes(suggestedBy: [9, 12, 64, 64]) == .nhwc)
    #expect(ImageAxes(suggestedBy: [9, 28, 28]) == .nhw)
    #expect(ImageAxes(suggestedBy: [9, 784]) == nil)
  }

  @Test(arguments: ["one_hot", "one_hot_float", "one_hot_bool"]) func oneHotLabels(name: String) throws {
    let store = try form(name)
    #expect(try store.split(.train).labels == .classes(count: 3))
    try check(store, labels: label)
  }

  @Test(arguments: ["strings", "fixed_strings"]) func namesAsLabels(name: String) throws {
    let store = try form(name)
    #expect(store.classNames == ["cat", "dog", "eel"])
    try check(store, labels: label)
    let samples = try StoredSamples(of: store, split: .train, range: 5..<7)
    #expect(samples.classLabel(5) == label(5) && samples.classLabel(6) == label(6))
  }

  /// Numbered as an import numbers them: by value.
  @Test func numbersAsNames() throws {
    let store = try ImageStore(opening: foreignStore("number_names.h5"))
    #expect(store.classNames == ["2", "9", "10"])
    try check(store, labels: { [0, 2, 1][5 * $0 % 3] })
    let texts = (0..<12).map { ["2", "10", "9"][5 * $0 % 3] }
    let labels = try RawLabels(file: "file", object: nil, content: .strings(texts), shape: [12])
    let imported = try EncodedLabels([.train: labels])
    #expect(imported.classNames == store.classNames)
    #expect(try imported.labels[.train] == .classes(store.classLabels(of: .train, 0..<12)))
  }

  @Test func numbersToPredict() throws {
    let store = try form("regression")
    #expect(try store.split(.train).labels == .values(width: 2))
    #expect(try store.valueLabels(of: .train, 1..<3) == [0.5, -2, 0.25, -1])
    #expect(try form("whole_floats").split(.train).labels == .values(width: 1))
    try check(form("whole_floats", labels: ":classes"), labels: label)
    #expect(try form("one_hot", labels: ":values").split(.train).labels == .values(width: 3))
    #expect(try form("grey", labels: ":values").valueLabels(of: .train, 0..<3) == [0, 2, 1])
    expectDatasetError("one-hot rows [N, K]", "int32 of shape [12, 3]", "write :values") { _ = try form("multi_label") }
    expectDatasetError("whole numbers", "0.5 at index 0") {
      _ = try ImageStore(
        opening: StoreSelection(foreignStore("hostile.h5"), images: "/nan/x", labels: "/nan/y:classes"))
    }
  }

  // MARK: Validation

  @Test func aValidationStore() throws {
    let store = try ImageStore(
      opening: StoreSelection(foreignStore("galaxy10.h5"), validationStore: foreignStore("groups.h5")))
    #expect(Set(store.splits.keys) == [.train, .validation])
    try check(store, labels: label)
    try check(store, .validation, count: 5, start: 12, labels: label)
    // Without a part of that name the one to test is taken, and else the only one.
    let second = try ImageStore(
      opening: StoreSelection(foreignStore("galaxy10.h5"), validationStore: foreignStore("catvsnoncat.h5")))
    try check(second, .validation, count: 5, start: 12, labels: label)
    let third = try ImageStore(
      opening: StoreSelection(foreignStore("caffe.h5"), validationStore: foreignStore("galaxy10.h5")))
    try check(third, .validation, count: 12, labels: label)

    expectDatasetError("no validation split beside", "leave out the validation store") {
      _ = try ImageStore(
        opening: StoreSelection(foreignStore("groups.h5"), validationStore: foreignStore("galaxy10.h5")))
    }
    expectDatasetError("/images", "images of [5, 1, 1], as in /train/images", "[6, 5, 3]") {
      _ = try ImageStore(
        opening: StoreSelection(dataset("byhand_cnn_batch.h5"), validationStore: foreignStore("galaxy10.h5")))
    }
    expectDatasetError("none", kind: .notFound) {
      _ = try ImageStore(opening: StoreSelection(foreignStore("galaxy10.h5"), validationStore: "/nowhere.h5"))
    }
  }

  @Test func classNamesMustAgree() throws {
    try withStorePath { path in
      try ImageStoreWriter.write(
        [
          .train: .init(
            images: .uint8([UInt8](repeating: 1, count: 3 * 90)), imageShape: [6, 5, 3], labels: .classes([0, 1, 2]))
        ], classNames: ["ant", "bee", "cow"], to: path)
      expectDatasetError("names of the classes", "cat", "bee", "number the classes of both files alike") {
        _ = try ImageStore(opening: StoreSelection(foreignStore("catvsnoncat.h5"), validationStore: path))
      }
    }
  }

  /// Keras takes the samples from ⌊N · (1 − f)⌋ on.
  @Test(arguments: [(0.25, 9), (0.2, 9), (0.34, 7), (0.01, 11), (0.9, 1)]) func aValidationFraction(
    fraction: Double, kept: Int
  ) throws {
    let store = try ImageStore(opening: StoreSelection(foreignStore("galaxy10.h5"), validationFraction: fraction))
    try check(store, count: kept, labels: label)
    try check(store, .validation, count: 12 - kept, start: kept, labels: label)
    #expect(try store.classLabels(of: .validation, 0..<1) == [label(kept)])
  }

  @Test func fractionsThatCannotBe() throws {
    func open(_ fraction: Double, _ name: String = "galaxy10.h5") throws -> ImageStore {
      try ImageStore(opening: StoreSelection(foreignStore(name), validationFraction: fraction))
    }
    for fraction in [0, 1, -0.5, .nan, .infinity] {
      expectDatasetError("above 0 and below 1") { _ = try open(fraction) }
    }
    expectDatasetError("0.95 of 12 samples") { _ = try open(0.95) }
    expectDatasetError("no validation split", "one of 5 samples") { _ = try open(0.2, "groups.h5") }
    #expect(try open(0.25).warnings.isEmpty)
    let sorted = try open(0.1).warnings
    #expect(sorted.count == 1 && sorted.first?.contains("sorted by class") == true)
  }

  // MARK: Fingerprint

  /// What training sees decides it, not where it lies.
  @Test func fingerprintsFollowTheSelection() throws {
    func fingerprint(_ selection: StoreSelection) throws -> [UInt8] {
      var bytes: [UInt8] = []
      try ImageStore(opening: selection).fingerprint { bytes.append(contentsOf: $0) }
      return bytes
    }
    let galaxies = foreignStore("galaxy10.h5")
    let plain = try fingerprint(StoreSelection(galaxies))
    #expect(try fingerprint(StoreSelection(galaxies, images: "/images", labels: "/ans")) == plain)
    #expect(try fingerprint(StoreSelection(galaxies, validationFraction: 0.25)) != plain)
    #expect(try fingerprint(StoreSelection(galaxies, labels: "/ans:values")) != plain)
    let other = foreignStore("other_names.h5")
    #expect(
      try fingerprint(StoreSelection(other, images: "/stack/photographs", labels: "/stack/species"))
        != fingerprint(StoreSelection(other, images: "/stack/photographs", labels: "/stack/site")))
  }

  // MARK: What other programs do otherwise

  /// Opens a file that `build` writes, with these flags.
  private func opened(
    images: String? = nil, labels: String? = nil, _ build: (borrowing File) throws -> Void
  ) throws -> ImageStore {
    try withStorePath { path in
      let file = try File.inMemory()
      try build(file)
      try AtomicFile.write(file.image(), to: path)
      return try ImageStore(opening: StoreSelection(path, images: images, labels: labels))
    }
  }

  private var numbers: [UInt8] { (0..<12).flatMap { pixels($0) }.map { UInt8($0) } }

  /// The pixels with their axes in another order; `place` says where (h, w, c) of an image lies.
  private func reordered(channels: Int = 3, _ place: (_ h: Int, _ w: Int, _ c: Int) -> Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: 12 * 30 * channels)
    for n in 0..<12 {
      for h in 0..<6 {
        for w in 0..<5 {
          for c in 0..<channels { result[n * 30 * channels + place(h, w, c)] = UInt8(pixel(n, h, w, c)) }
        }
      }
    }
    return result
  }

  /// Labels `[1, N]` in double precision; images as `[N, C, W, H]` and, of grey ones, `[N, W, H]`.
  @Test(arguments: [true, false]) func matlab(saysSo: Bool) throws {
    func store(_ pixels: [UInt8], _ shape: [Int], images: String? = nil) throws -> ImageStore {
      try opened(images: images, labels: ":classes") { file in
        try file.write(pixels, shape: shape, to: "/images")
        if saysSo { try file.writeAttribute("MATLAB_class", "uint8", of: "/images") }
        try file.write((0..<12).map { Double(label($0)) }, shape: [1, 12], to: "/labels")
      }
    }
    let colour = reordered { h, w, c in (c * 5 + w) * 6 + h }
    let first = try store(colour, [12, 3, 5, 6])
    #expect(first.warnings.count == 1 && first.warnings.first?.contains(saysSo ? ":NCHW" : ":NCWH") == true)
    #expect(try first.split(.train).imageShape == (saysSo ? [6, 5, 3] : [5, 6, 3]))
    let upright = try store(colour, [12, 3, 5, 6], images: ":NCWH")
    #expect(upright.warnings.isEmpty)
    try check(upright, labels: label)
    let grey = reordered(channels: 1) { h, w, _ in w * 6 + h }
    try check(store(grey, [12, 5, 6], images: ":NWH"), channels: 1, labels: label)
    if saysSo { try check(store(grey, [12, 5, 6]), channels: 1, labels: label) }
    try check(store(reordered { h, w, c in (w * 6 + h) * 3 + c }, [12, 5, 6, 3], images: ":nwhc"), labels: label)
    // Parts of the labels are read too, not only all of them.
    let samples = try StoredSamples(of: upright, split: .train, range: 7..<9)
    #expect(samples.classLabel(7) == label(7) && samples.classLabel(8) == label(8))
  }

  @Test func samplesOnTheLastAxis() throws {
    expectDatasetError("numpy.moveaxis(images, -1, 0)") {
      _ = try opened { file in
        try file.write(numbers, shape: [6, 5, 3, 12], to: "/images")
        try file.write((0..<12).map(label), shape: [12], to: "/labels")
      }
    }
    expectDatasetError("one of the orders NHWC, NCHW") {
      _ = try ImageStore(
        opening: StoreSelection(foreignStore("galaxy10.h5"), images: "/images:HWCN", labels: "/ans"))
    }
  }

  /// Whole numbers in double precision are values, with a word about it; `:classes` holds for all parts.
  @Test func wholeNumbersAsFloats() throws {
    func store(_ labels: String? = nil) throws -> ImageStore {
      try opened(labels: labels) { file in
        for part in ["train", "test"] {
          try file.write(numbers, shape: [12, 6, 5, 3], to: "/x_\(part)")
          try file.write((0..<12).map { Double(label($0)) }, shape: [12], to: "/y_\(part)")
        }
      }
    }
    let values = try store()
    #expect(try values.split(.test).labels == .values(width: 1))
    #expect(values.warnings.count == 1 && values.warnings.first?.contains("--labels :classes") == true)
    #expect(try store(":values").warnings.isEmpty)
    let classes = try store(":classes")
    #expect(classes.warnings.isEmpty)
    try check(classes, labels: label)
    try check(classes, .test, labels: label)
  }

  /// The only group with images and labels, however deep, with parts below it or without.
  @Test(arguments: [
    ("/a/b/images", "/a/b/labels"), ("/data/train/x", "/data/train/y"), ("/a/b/c/X_train", "/a/b/c/y_train"),
  ])
  func inAGroup(images: String, labels: String) throws {
    let store = try opened { file in
      try file.write(numbers, shape: [12, 6, 5, 3], to: images)
      try file.write((0..<12).map(label), shape: [12], to: labels)
      try file.write([1, 2] as [Int32], shape: [2], to: "/other/numbers")
    }
    try check(store, labels: label)
    expectDatasetError("images and labels in /a and in /b", "choose by --images /a/images") {
      _ = try opened { file in
        for group in ["/a", "/b"] {
          try file.write(numbers, shape: [12, 6, 5, 3], to: "\(group)/images")
          try file.write((0..<12).map(label), shape: [12], to: "\(group)/labels")
        }
      }
    }
  }

  @Test func shapesThatLeadSomewhere() throws {
    expectDatasetError("/data: expected images [N, H, W, C]", "a flat row for each", "images.reshape(-1, 12, 12, 1)") {
      _ = try opened { file in
        try file.write([UInt8](repeating: 1, count: 144), shape: [1, 144], to: "/data")
        try file.write([0] as [Int32], shape: [1], to: "/labels")
      }
    }
    expectDatasetError("/img_0 and others are one image each", "numpy.stack(images)") {
      _ = try opened { file in
        for index in 0..<12 {
          try file.write(pixels(index).map { UInt8($0) }, shape: [6, 5, 3], to: "/img_\(index)")
        }
      }
    }
  }

  /// What this libhdf5 cannot open is named, with the reason.
  @Test(arguments: [
    ("newer.h5", "/x_train", "written by a newer HDF5", "write it without libver='latest'"),
    ("lzf.h5", "/images", "lzf, filter 32000", "compression='gzip'"),
    ("latin1_dataset.h5", "/class_names", "the text 'caf\\xE9' is not UTF-8", "write it in UTF-8"),
    ("latin1_attribute.h5", "attribute class_names", "the text 'caf\\xE9' is not UTF-8", "write it in UTF-8"),
  ]) func whatCannotBeRead(name: String, object: String, reason: String, advice: String) {
    expectDatasetError(object, reason, advice) { _ = try ImageStore(opening: foreignStore(name)) }
  }

  @Test func labelsThatAreNotUTF8() throws {
    let error = try #require(throws: HDF5Error.self) { try ImageStore(opening: foreignStore("latin1_labels.h5")) }
    #expect(error.description.contains("/labels: the text 'caf\\xE9' is not UTF-8"))
    let tree = try StoreTree(of: foreignStore("newer.h5"))
    #expect(tree.entries.first { $0.path == "/x_train" }?.note?.contains("written by a newer HDF5") == true)
  }
}
