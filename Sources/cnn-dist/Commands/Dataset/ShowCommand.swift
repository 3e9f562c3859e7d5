import ArgumentParser
import Datasets
import HDF5
import NeuralNetwork
import Numerics
import Pictures
import Training

/// Draws samples of a store.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Draw samples of a store as a grid, with their classes below.",
    discussion: """
      With --augmented, one sample of train, and how training sees it in its first epochs with the settings of a run.

      Examples:
        cnn-dist dataset show datasets/digits.h5 --output digits.png
        cnn-dist dataset show cats.h5 --split test --first 100 --count 9 --columns 3 --output cats.png
        cnn-dist dataset show cats.h5 --augmented 9 --sample 4 --config run.yaml --output cat.png
        cnn-dist dataset show cats.h5 --augmented 9 --set 'augmentation={rotation_range: 20}' --output cat.png
      """)

  @Argument(help: "The image store (HDF5).")
  var store: String

  @OptionGroup var selection: SampleOptions

  @Option(help: ArgumentHelp("Where the grid goes: a .png or .jpg file.", valueName: "file"))
  var output: String

  @Flag(help: "Replace the picture if it is there already.")
  var force = false

  @Option(help: "The part of the store: train, validation or test.")
  var split = SplitName.train

  @Option(help: "How many samples are shown; fewer if there are fewer.")
  var count = 25

  @Option(help: ArgumentHelp("The index of the first sample that is shown.", valueName: "index"))
  var first = 0

  @Option(help: "How many samples stand beside each other. Default: as many as there are rows.")
  var columns: Int?

  @Option(help: ArgumentHelp("Show one sample as the first so many epochs of a run see it.", valueName: "epochs"))
  var augmented: Int?

  @Option(help: ArgumentHelp("The index of the sample that --augmented shows. Default: 0.", valueName: "index"))
  var sample: Int?

  @Option(help: ArgumentHelp("The run file (YAML or JSON) with the augmentation.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "A key of the run file, such as 'augmentation={zoom_range: 0.2}' or seed=3; may be repeated.",
      valueName: "key=value"))
  var set: [String] = []

  /// More than anybody looks at.
  private static let maximumCount = 1_000

  func validate() throws {
    guard FilterArguments.isPicture(output) else {
      throw ValidationError("--output: expected a name that ends in .png or .jpg, found '\(output)'")
    }
    let counts = [("--count", count), ("--columns", columns ?? 1), ("--augmented", augmented ?? 1)]
    for (name, value) in counts where !(1...Self.maximumCount).contains(value) {
      throw ValidationError("\(name): expected a number from 1 to \(Self.maximumCount), found \(value)")
    }
    for (name, value) in [("--first", first), ("--sample", sample ?? 0)] where value < 0 {
      throw ValidationError("\(name): expected an index, counted from 0, found \(value)")
    }
    if augmented == nil && (sample != nil || config != nil || !set.isEmpty) {
      throw ValidationError("--sample, --config and --set need --augmented, such as --augmented 9")
    }
    if augmented != nil && (split != .train || first != 0) {
      throw ValidationError("--augmented shows a sample of train, the one that --sample names")
    }
  }

  func run() throws {
    try OutputFile.check(output, force: force, sources: [store])
    let store = try ImageStore(opening: StoreSearch.files(of: selection.apply(to: StoreSelection(store))))
    let (images, notes) = try augmented.map { try epochs($0, of: store) } ?? samples(of: store)
    let columns = columns ?? Int(Double(images.count).squareRoot().rounded(.up))
    let grid = try ImageGrid(images, columns: columns).drawn()
    try AtomicFile.write(output.lowercased().hasSuffix(".png") ? grid.png() : grid.jpeg(), to: output)
    try StandardOutput.write("\(output): \(grid.width)×\(grid.height), \(notes.joined(separator: "; "))")
  }

  /// The samples as they are stored, and what there is to say about them.
  private func samples(of store: ImageStore) throws -> (items: [ImageGrid.Item], notes: [String]) {
    let all = try store.split(split)
    try check(first, "--first", all)
    let range = first..<min(all.count, first + count)
    let samples = try StoredSamples(of: store, split: split, range: range)
    let drawing = SampleDrawing(all, range.count) { position in
      var image = [Float](repeating: 0, count: samples.elementsPerImage)
      var pixels = image.mutableSpan
      samples.copyImage(first + position, into: &pixels)
      return image
    }
    let items = zip(range, drawing.pictures).map { ImageGrid.Item($1, caption: caption($0, samples, store)) }
    let shown =
      range.count == 1
      ? "sample \(range.lowerBound)" : "samples \(range.lowerBound) to \(range.upperBound - 1)"
    return (items, ["\(shown) of \(split) in \(store.path)"] + drawing.notes)
  }

  /// One sample as it is stored, and as the first epochs of a run see it.
  private func epochs(
    _ count: Int, of store: ImageStore
  ) throws -> (items: [ImageGrid.Item], notes: [String]) {
    let settings = try configuration()
    guard let augmentation = settings.augmentation else {
      throw ConfigurationError(
        "expected settings that change images, found none", at: "augmentation",
        advice: "add --config FILE with the key augmentation, or --set 'augmentation={rotation_range: 20}'")
    }
    let index = sample ?? 0
    let all = try store.split(.train)
    try check(index, "--sample", all)
    let samples = try StoredSamples(of: store, split: .train, range: index..<index + 1)
    let transformer = ImageTransformer(augmentation, seed: UInt64(settings.seed))
    let drawing = SampleDrawing(all, 1 + count, inOneRange: true) { place in
      var image = [Float](repeating: 0, count: samples.elementsPerImage)
      if place == 0 {
        var pixels = image.mutableSpan
        samples.copyImage(index, into: &pixels)
      } else {
        image.withUnsafeMutableBufferPointer { transformer.copyImage(index, of: samples, epoch: place - 1, into: $0) }
      }
      return image
    }
    let shown =
      "sample \(index) of train in \(store.path), \(caption(index, samples, store)), as it is and as epochs 1 to "
      + "\(count) of a run with seed \(settings.seed) see it"
    let items = drawing.pictures.enumerated().map { place, picture in
      ImageGrid.Item(picture, caption: place == 0 ? "original" : "epoch \(place)")
    }
    return (items, [shown] + drawing.notes)
  }

  /// The settings of a run with this store.
  private func configuration() throws -> TrainingConfiguration {
    var arguments = set.flatMap { ["--set", $0] } + ["--store", store]
    if let config { arguments += ["--config", config] }
    return try TrainingOptions.parse(arguments).resolve(resuming: nil)
  }

  private func check(_ index: Int, _ flag: String, _ split: Split) throws {
    guard index >= split.count else { return }
    throw ValidationError("\(flag): expected an index from 0 to \(split.count - 1), found \(index)")
  }

  /// The name of a sample's class, or its number, or its values.
  private func caption(_ index: Int, _ samples: StoredSamples, _ store: ImageStore) -> String {
    guard samples.valuesPerSample > 0 else {
      let number = Int(samples.classLabel(index))
      return store.classNames.isEmpty ? "\(number)" : Text.visible(store.classNames[number])
    }
    var values = [Float](repeating: 0, count: samples.valuesPerSample)
    var span = values.mutableSpan
    samples.copyValues(index, into: &span)
    return values.map { value in
      (1e-3..<1e6).contains(value.magnitude) || value == 0 ? Text.fixed(Double(value), 3) : "\(value)"
    }.joined(separator: ", ")
  }
}
