import Datasets
import MPI
import NeuralNetwork
import Numerics
import OneDNN
import Pictures
import Reports
import Training

/// What the newest model of a run says about the split that it was validated on.
struct RunPredictions {
  private let configuration: TrainingConfiguration
  private let world: Communicator
  private let file: String
  private let trained: TrainedModel
  private let store: ImageStore
  private let splitName: SplitName

  /// Reads the model and opens the store.
  init(of folder: RunFolder, _ configuration: TrainingConfiguration, on world: Communicator) throws {
    self.configuration = configuration
    self.world = world
    file = try RunFolder.newestModel(at: folder.path)
    trained = try TrainedModel(file: file)
    store = try ImageStore(opening: StoreSearch.files(of: configuration.storeSelection))
    splitName = [.validation, .test].first { [store] in store.splits[$0] != nil } ?? .train
    let shape = Shape(try store.split(splitName).imageShape)
    guard shape == trained.inputShape else {
      throw ConfigurationError(
        "the model takes images of shape \(trained.inputShape), those of \(store.path) have \(shape)",
        advice: "the store has changed since the run")
    }
  }

  /// Evaluates the model; only one rank may, which sees all samples.
  func made() throws -> Predictions {
    let split = try store.split(splitName)
    let targets = TargetKind(split.labels)
    let settings = try trained.settings()
    let loss = try trained.loss()
    let network = try trained.network(loss: loss, convolution: settings.convolution, on: Engine())
    try network.check(targets: targets)
    let width = network.outputShape.elementCount
    let areClasses =
      if case .classes = targets { true } else { loss.countsHits(output: network.outputShape, targets: targets) }
    var metrics = try configuration.metrics.resolved(for: loss, output: network.outputShape, targets: targets)
    metrics.removeAll { $0 is ConfusionMatrix }
    if areClasses { metrics.append(ConfusionMatrix()) }
    let evaluator = try Evaluator(
      network, store: store, split: splitName, metrics: metrics,
      shards: VirtualShards(count: settings.virtualShards, ranks: world.size), method: .tree,
      memory: MemoryBudget(configuration.memoryPerRank, on: world).bytesPerRank, world: world)
    var mistakes = Mistakes(
      activation: trained.model.outputActivation, width: width, threshold: loss.outputThreshold)
    var values: [(target: Float, output: Float)] = []
    let result = try evaluator.evaluate { outputs, samples in
      if areClasses {
        mistakes.add(outputs, samples)
      } else {
        let room = Predictions.maximumValueCount - values.count
        values += zip(samples.values, outputs).prefix(max(0, room)).map { (target: $0, output: $1) }
      }
    }
    try evaluator.free()
    return Predictions(
      model: Path.name(of: file), split: splitName.rawValue, store: Path.name(of: store.path),
      classNames: store.classNames,
      metrics: ["loss \(Text.fixed(result.loss, 6))"] + result.detailedText(decimals: 6),
      results: areClasses
        ? .classes(counts: result.confusionTable ?? [], mistakes: try mistakes.drawn(from: store, splitName))
        : .values(values))
  }
}

extension EvaluationMetrics {
  fileprivate var confusionTable: [[Int]]? {
    for case .table(let counts) in results.map(\.value) { return counts }
    return nil
  }
}

/// The samples that a network takes for another class, of many those of which it is surest.
private struct Mistakes {
  private struct Found {
    let sample: Int
    let label: Int
    let predicted: Int
    let probability: Double?
  }

  private let activation: Activation
  private let width: Int
  private let threshold: Float
  private var sampleCount = 0
  private var found: [Found] = []

  init(activation: Activation, width: Int, threshold: Float) {
    self.activation = activation
    self.width = width
    self.threshold = threshold
  }

  /// Looks at a batch; batches come in stored order.
  mutating func add(_ outputs: UnsafeBufferPointer<Float>, _ samples: NetworkBatch) {
    for place in 0..<samples.count {
      let label = samples.values.isEmpty ? Int(samples.labels[place]) : samples.values[place] > 0.5 ? 1 : 0
      let predicted = predictedClass(outputs, sample: place, width: width, threshold: threshold)
      guard predicted != label else { continue }
      found.append(
        Found(
          sample: sampleCount + place, label: label, predicted: predicted,
          probability: probability(outputs, sample: place, predicted: predicted)))
    }
    sampleCount += samples.count
    if found.count > 16 * Predictions.maximumMistakeCount { keepSurest() }
  }

  /// What the network gives the class that it says; nil if its outputs are no probabilities.
  private func probability(_ outputs: UnsafeBufferPointer<Float>, sample: Int, predicted: Int) -> Double? {
    switch activation {
    case .softmax where width > 1: Double(outputs[sample * width + predicted])
    case .sigmoid where width == 1: Double(predicted == 1 ? outputs[sample] : 1 - outputs[sample])
    default: nil
    }
  }

  private mutating func keepSurest() {
    found.sort { ($1.probability ?? 0, $0.sample) < ($0.probability ?? 0, $1.sample) }
    found.removeLast(max(0, found.count - Predictions.maximumMistakeCount))
  }

  /// The surest, with their pictures.
  func drawn(from store: ImageStore, _ split: SplitName) throws -> [Predictions.Mistake] {
    var surest = self
    surest.keepSurest()
    let images = try surest.found.map { mistake in
      let samples = try StoredSamples(of: store, split: split, range: mistake.sample..<mistake.sample + 1)
      var image = [Float](repeating: 0, count: samples.elementsPerImage)
      var pixels = image.mutableSpan
      samples.copyImage(mistake.sample, into: &pixels)
      return image
    }
    let pictures = SampleDrawing(try store.split(split), images.count) { images[$0] }.pictures
    return zip(surest.found, pictures).map { mistake, picture in
      Predictions.Mistake(
        sample: mistake.sample, label: mistake.label, predicted: mistake.predicted, probability: mistake.probability,
        picture: picture)
    }
  }
}
