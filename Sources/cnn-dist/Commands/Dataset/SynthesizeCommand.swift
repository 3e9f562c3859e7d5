import ArgumentParser
import Datasets
import NeuralNetwork

/// Makes samples by a formula.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Make an image store of any size by a formula, for tests and measurements.",
    discussion: """
      Kinds:
      \(SynthesizerRegistry.all.map { "  \($0.kind): \($0.summary)" }.joined(separator: "\n"))

      Sample by sample from the seed: the same seed gives the same bytes, and no memory is needed for the images.

      Examples:
        cnn-dist dataset synthesize slopes --count 1000 --test-count 200 --output slopes.h5
        cnn-dist dataset synthesize stripes --count 100000 --size 224x224x3 --classes 8 --output stripes.h5
      """)

  @Argument(help: "What is made: \(SynthesizerRegistry.all.map { $0.kind }.joined(separator: ", ")).")
  var kind: String

  @OptionGroup var output: StoreOutputOptions

  @Option(help: "The samples to make, without those of --test-count.")
  var count = 1000

  @Option(help: "The samples of a test part. Default: none, as with 0.")
  var testCount = 0

  @Option(
    help: ArgumentHelp("Divide the samples, each class in proportion: 0.8/0.1/0.1, as of import.", valueName: "shares"),
    transform: ArrangementOptions.split)
  var split: SplitFractions?

  @Option(
    help: ArgumentHelp("The shape of an image: 28, 28x28 or 28x28x3. Default: 16x16x1.", valueName: "shape"),
    transform: Self.shape)
  var size: [Int]?

  @Option(help: "The values of a sample of slopes. Default: 5.")
  var values: Int?

  @Option(help: "The number of classes. Default: 4.")
  var classes: Int?

  @Option(
    help: "How strong the noise is: of slopes its deviation, of others the largest in units of black to white.")
  var noise: Float?

  @Option(help: "What the random numbers depend on.")
  var seed: UInt64 = 0

  /// Orders are drawn by 32-bit numbers.
  private static let countLimit = Int(Int32.max)

  func validate() throws {
    guard 1...Self.countLimit ~= count, 0...Self.countLimit ~= testCount else {
      throw ValidationError("--count and --test-count: expected at most \(Self.countLimit) samples, and at least one")
    }
    if let noise, !(0...1000 ~= noise) { throw ValidationError("--noise: expected a number from 0 to 1000") }
    if let classes, !(1...65_536 ~= classes) {
      throw ValidationError("--classes: expected a number from 1 to 65536, found \(classes)")
    }
    if let values, !(2...1_000_000 ~= values) {
      throw ValidationError("--values: expected a number from 2 to 1000000, found \(values)")
    }
  }

  func run() throws {
    let type = try synthesizerType()
    let settings = try settings(for: type)
    try output.check()
    var sources: [SplitName: any SampleSource] = [.train: SyntheticSource(type, settings, range: 0..<count)]
    if testCount > 0 { sources[.test] = SyntheticSource(type, settings, range: count..<count + testCount) }
    // Every sample is as random as any other: an order of their own would make them no more so.
    var arrangement = Arrangement()
    arrangement.split = split
    arrangement.keepsOrder = true
    let parts = try arrangement.parts(of: sources, named: kind)
    try StoreOutput(
      parts: parts, classNames: (0..<(settings.classCount ?? 0)).map { "\($0)" }, options: output
    ).write(SampleProgress())
  }

  private func synthesizerType() throws -> any Synthesizer.Type {
    if let type = SynthesizerRegistry.all.first(where: { $0.kind == kind }) { return type }
    let kinds = SynthesizerRegistry.all.map { $0.kind }
    throw ValidationError(
      "unknown kind '\(kind)'; " + (nearest(to: kind, among: kinds).map { "did you mean '\($0)'? " } ?? "")
        + "known: \(kinds.joined(separator: ", "))")
  }

  private func settings(for type: any Synthesizer.Type) throws -> SynthesisSettings {
    var settings = type.defaults
    guard type.makesSignals ? size == nil : values == nil else {
      throw ValidationError(type.makesSignals ? "\(kind) has --values, not --size" : "\(kind) has --size, not --values")
    }
    if let size { settings.shape = size }
    if let values { settings.shape = [values, 1, 1] }
    if let classes {
      guard settings.classCount != nil else {
        throw ValidationError("--classes: the labels of \(kind) are numbers, not classes")
      }
      settings.classCount = classes
    }
    if let noise { settings.noise = noise }
    settings.seed = seed
    return settings
  }

  private static func shape(_ text: String) throws -> [Int] {
    let numbers = text.split(omittingEmptySubsequences: false) { "x×".contains($0) }.map { Int($0) ?? 0 }
    let shape = numbers.count == 1 ? [numbers[0], numbers[0], 1] : numbers.count == 2 ? numbers + [1] : numbers
    do {
      return try Shape(checking: shape.count == 3 ? shape : [0]).dimensions
    } catch {
      throw ValidationError(
        "--size: expected a shape such as 28x28x1, of at most \(Shape.maximumCount) values, found '\(text)'")
    }
  }
}
