import ArgumentParser
import Datasets
import HDF5
import MPI
import NeuralNetwork
import Numerics
import OneDNN
import Training

/// Evaluates a trained network on a split of a store.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a checkpoint, or a model that Keras saved as .h5, on a split of a store.",
    discussion: """
      Examples:
        cnn-dist evaluate runs/digits/model.h5 --store datasets/digits.h5 --split test
        mpirun -n 4 cnn-dist evaluate runs/digits --predictions probabilities.h5
        cnn-dist evaluate runs/digits --metrics accuracy,confusion_matrix
        cnn-dist evaluate runs/digits --metrics '{top_k: {k: 3}}'
        cnn-dist evaluate logits.h5 --loss '{name: binary_crossentropy, from_logits: true}'
      """)

  @Argument(help: "A checkpoint, a Keras .h5 file, or the folder of a run.")
  var checkpoint: String

  @Option(
    help: ArgumentHelp(
      "The image store (HDF5). Default: the run's own; datasets/digits.h5 for files of no run.", valueName: "file"))
  var store: String?

  @OptionGroup var samples: SampleOptions

  @Option(help: ArgumentHelp("The split: train, validation or test.", valueName: "split"))
  var split = SplitName.test

  @Option(
    help: ArgumentHelp(
      "What to measure: \(MetricRegistry.names). Default: what suits the loss.", valueName: "name,name"))
  var metrics: String?

  @Option(
    help: ArgumentHelp(
      "The loss: \(LossRegistry.names). Default: the one it was trained with, or what suits its last activation.",
      valueName: "name"))
  var loss: String?

  @Option(
    help: ArgumentHelp("Write the outputs for every sample, in stored order, to this HDF5 file.", valueName: "file"))
  var predictions: String?

  @Option(
    help: ArgumentHelp(
      "How convolutions are computed: auto (direct or Winograd, by shape), direct. Changes the exact result. Default: as the run.",
      valueName: "kernels"))
  var convolution: String?

  @Option(
    help: """
      The units of work that ranks share, at least the number of ranks. Changes the exact result. Default: the run's; 8 for files \
      of no run.
      """)
  var virtualShards: Int?

  @Option(
    help: ArgumentHelp(
      "The memory of a rank for samples, such as 512M; what does not fit is read when it is needed. Default: as for train.",
      valueName: "memory"))
  var memoryPerRank: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Name the rank that hangs after so long without progress; 0: never. Default: 5m.", valueName: "time"))
  var stallTimeout: TimeSpan?

  @Option(help: ArgumentHelp("When a rank hangs: report, abort (exit code 70). Default: report.", valueName: "what"))
  var onStall: StallAction?

  func run() throws {
    let watch = try StartWatch.begin(timeout: stallTimeout, action: onStall)
    let (environment, world) = try StartWatch.enterJob(watch)
    let (trained, loss, store, settings) = try watch.rankZeroFirst(of: world) {
      let trained = try TrainedModel(file: RunFolder.newestModel(at: checkpoint))
      let store = try ImageStore(opening: StoreSearch.files(of: samples.apply(to: chosenStore())))
      let shape = Shape(try store.split(split).imageShape)
      guard shape == trained.inputShape else {
        throw ConfigurationError(
          "the model takes images of shape \(trained.inputShape), those of \(store.path) have \(shape)",
          advice: "use the store it was trained on")
      }
      try checkClasses(of: store)
      try refuseOverwriting()
      if world.rank == 0, let remark = trained.model.remark {
        StandardErrorLog.logger.warning("\(checkpoint): \(remark)")
      }
      return (trained, try chosenLoss() ?? trained.loss(), store, try chosenSettings(trained))
    }
    let shards = try VirtualShards(count: settings.virtualShards, ranks: world.size)
    let network = try trained.network(loss: loss, convolution: settings.convolution, on: Engine())
    let targets = TargetKind(try store.split(split).labels)
    try network.check(targets: targets)
    if world.rank == 0,
      let warning = trained.model.outputWarning(for: network.outputShape, targets, of: store.path)
    {
      StandardErrorLog.logger.warning("\(warning)")
    }
    let metrics = try chosenMetrics().resolved(for: loss, output: network.outputShape, targets: targets)
    let evaluator = try watch.whileStarting {
      try Evaluator(
        network, store: store, split: split, metrics: metrics, shards: shards, method: .tree,
        memory: MemoryBudget(memoryPerRank, on: world).bytesPerRank, world: world)
    }
    let result: EvaluationMetrics
    if let predictions {
      var gathered = Predictions()
      result = try watch.evaluate(evaluator) { outputs, samples in gathered.append(outputs, samples) }
      try write(gathered, width: network.outputShape.elementCount, targets, to: predictions, world)
    } else {
      result = try watch.evaluate(evaluator)
    }
    if world.rank == 0 { try show(result, store) }
    try watch.whileWaiting {
      try evaluator.free()
      try environment.finalize()
    }
    watch.end()
  }

  /// Checks that another store numbers its classes as the run's own: else one would be taken for another.
  private func checkClasses(of store: ImageStore) throws {
    guard self.store != nil, let own = try RunFolder.store(ofRunWith: checkpoint),
      let trainedOn = try? ImageStore(opening: StoreSearch.files(of: own)).classNames, !trainedOn.isEmpty
    else { return }
    guard !store.classNames.isEmpty else {
      StandardErrorLog.logger.warning(
        "\(store.path) does not name its classes; they are taken for those of the run, \(trainedOn), in this order")
      return
    }
    guard store.classNames != trainedOn else { return }
    throw ConfigurationError(
      "the run's classes are \(trainedOn), those of \(store.path) are \(store.classNames)", at: "--store",
      advice: "number the classes of both alike: merge the stores, or import with --class-names")
  }

  /// Checks that predictions would replace nothing but earlier predictions: not a model, not a store.
  private func refuseOverwriting() throws {
    guard let predictions, let bytes = try? FileReadError.contents(of: predictions) else { return }
    let isEarlier =
      (try? {
        let file = try File(image: bytes, name: predictions)
        return try file.kind(of: "predictions") == .dataset
      }()) ?? false
    guard !isEarlier else { return }
    throw ConfigurationError(
      "'\(predictions)' is there already, and holds no predictions", at: "--predictions", advice: "choose another name")
  }

  /// The store that is asked for, or the run's own with all that was said about it.
  private func chosenStore() throws -> StoreSelection {
    if let store { return StoreSelection(store) }
    return try RunFolder.store(ofRunWith: checkpoint) ?? TrainingConfiguration().storeSelection
  }

  private func chosenLoss() throws -> (any Loss)? {
    var tree = ConfigurationTree()
    guard let loss else { return nil }
    tree.set("loss", to: ConfigurationTree.value(loss))
    return try tree.decode(TrainingConfiguration.self).loss.value
  }

  /// The run's own, so that the bits are those of its validation, but for what is asked for.
  private func chosenSettings(_ trained: TrainedModel) throws -> SavedSettings {
    var tree = ConfigurationTree()
    if let convolution { tree.set("convolution", to: .string(convolution)) }
    let asked = try tree.decode(TrainingConfiguration.self)
    var settings = try trained.settings()
    if convolution != nil { settings.convolution = asked.convolution }
    if let virtualShards { settings.virtualShards = virtualShards }
    return settings
  }

  private func chosenMetrics() throws -> MetricList {
    var tree = ConfigurationTree()
    guard let metrics else { return MetricList() }
    tree.set("metrics", to: MetricList.value(metrics))
    return try tree.decode(TrainingConfiguration.self).metrics
  }

  private func show(_ result: EvaluationMetrics, _ store: ImageStore) throws {
    let numbers = ["\(split.rawValue)", "loss \(Text.fixed(result.loss, 6))"] + result.detailedText(decimals: 6)
    try StandardOutput.write(numbers.joined(separator: "  ") + "; \(store.path)")
    for case .table(let counts) in result.results.map(\.value) {
      for line in ConfusionTable.lines(counts, classNames: store.classNames) { try StandardOutput.write(line) }
    }
  }

  /// Gathers what the ranks have, in their order, which is the stored one.
  private func write(
    _ mine: Predictions, width: Int, _ targets: TargetKind, to path: String, _ world: Communicator
  ) throws {
    let outputs = try gather(mine.outputs, world)
    let labels = try gather(mine.labels, world)
    let values = try gather(mine.values, world)
    guard world.rank == 0 else { return }
    let count = outputs.count / width
    let file = try File.inMemory(name: path)
    try file.write(outputs, shape: [count, width], to: "predictions")
    switch targets {
    case .classes: try file.write(labels, shape: [count], to: "labels")
    case .values(1): try file.write(values, shape: [count], to: "labels")
    case .values(let width): try file.write(values, shape: [count, width], to: "labels")
    }
    try AtomicFile.write(file.image(), to: path)
  }

  private func gather<T: BitwiseCopyable>(_ values: [T], _ world: Communicator) throws -> [T] {
    try world.gather(values.withUnsafeBytes { Array($0) }, to: 0)
      .flatMap { part in part.withUnsafeBytes { Array($0.bindMemory(to: T.self)) } }
  }
}

/// What a network has put out for samples, and what they should yield, in stored order.
private struct Predictions {
  var outputs: [Float] = []
  var labels: [Int32] = []
  var values: [Float] = []

  mutating func append(_ outputs: UnsafeBufferPointer<Float>, _ samples: NetworkBatch) {
    self.outputs += outputs
    labels += samples.labels
    values += samples.values
  }
}

extension SplitName: ExpressibleByArgument {}
extension StallAction: ExpressibleByArgument {}

extension TimeSpan: ExpressibleByArgument {
  /// Reads what a run file would have.
  public init?(argument: String) { self.init(argument) }
}
