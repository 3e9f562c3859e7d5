import Datasets
import NeuralNetwork
import Numerics

/// Every setting of a run, with its default: the keys of a run file, each also a flag.
///
/// Two runs with equal settings, on the same store and instruction set, end with the same bits, whatever the number of
/// ranks.
public struct TrainingConfiguration: Codable, Sendable {
  /// The network: the name of a course model, or its layers.
  public var model: ModelSource = .named("digits")
  /// A file of Keras or of ours with the weights that training starts from; nil draws them.
  public var initialWeights: String?
  /// The image store to train on.
  public var store = "datasets/digits.h5"
  /// The dataset of the images, `/x` or `file.h5:/x`, with `:NCHW` behind it if need be; nil finds it.
  public var images: String?
  /// The dataset of the labels, `/y` or `file.h5:/y`, with `:classes` or `:values` behind it if need be; nil finds it.
  public var labels: String?
  /// A second store that is the validation split; nil takes the store's own.
  public var validationStore: String?
  /// The share of the training split, from its end, that is the validation split; nil takes the store's own.
  public var validationFraction: Double?
  /// Passes over the training images.
  public var epochs = 100
  /// Samples in a step, over all ranks.
  public var batchSize = 100
  /// The units of work that ranks share; at least the number of ranks.
  public var virtualShards = 8
  /// The order in which samples are seen.
  public var order = SampleOrder.sharded
  /// The memory of samples that are shuffled together where a shard shuffles its part (`order: sharded`), over all shards.
  ///
  /// A split that is larger is shuffled in two levels, so that it can be read in whole blocks; see `WindowedOrder`. The
  /// order, and so the bits, follow from it: it does not depend on the memory there is.
  public var shuffleWindow = ByteCount(bytes: 64 << 20)
  /// What all random numbers of the run follow from.
  public var seed = 0
  /// The rule that updates the parameters.
  ///
  /// An optimizer that is named takes Keras' learning rate where none is written; this is for runs that name none. On the
  /// digits network every seed tried ends above 97 % with this learning rate; with 0.1 some end at 85 %, here and in
  /// Keras.
  public var optimizer = Choice<OptimizerRegistry>(SGD(learningRate: 0.02))
  /// How the learning rate changes.
  public var schedule = Choice<ScheduleRegistry>(ConstantSchedule())
  /// The L2 penalty on the kernel of every layer that names none; nil takes the model's own.
  public var l2: Double?
  /// How training images are changed at random; nil leaves them.
  ///
  /// Evaluation sees every image as it is stored.
  public var augmentation: Augmentation?
  /// What training makes small.
  public var loss = Choice<LossRegistry>(CategoricalCrossentropy())
  /// What is measured on the validation split after every epoch; none stands for those that suit the loss.
  public var metrics = MetricList()
  /// When training ends before its last epoch; nil for never.
  public var earlyStopping: EarlyStoppingConfiguration?
  /// Which convolution algorithms may be chosen; decides the bits.
  public var convolution = ConvolutionKernels.automatic
  /// How gradients are summed over the ranks.
  public var allreduce = AllreduceMethod.tree
  /// The memory that a rank may use for samples; nil is half of what the machine has, divided by the ranks on it.
  ///
  /// Samples that do not fit are read from the file while training, in the same order.
  public var memoryPerRank: ByteCount?
  /// When checkpoints are written, and how many are kept.
  public var checkpoint = CheckpointConfiguration()
  /// Every how many steps the loss is written to `metrics.jsonl`; 0 writes epochs only.
  public var logEvery = 0
  /// Every how many steps the ranks compare their parameters, and hashes are written to `metrics.jsonl`; 0 never.
  public var checkEvery = 100
  /// What happens when the loss or a gradient is no finite number.
  public var nonFinite = NonFinitePolicy.stop
  /// How long nothing may happen before the rank that hangs is named; no time at all watches nothing.
  public var stallTimeout = TimeSpan(seconds: 300)
  /// What happens then.
  public var onStall = StallAction.report
  /// Whether `parameters.jsonl` gets the parameters, gradients and outputs of a small network after every epoch.
  public var recordParameters = false

  /// The random order of an epoch is drawn by its number, in 32 bits.
  private static let maximumEpochs = Int(UInt32.max)

  /// The documents' digits experiment, at a point of its grid where every seed learns.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case model, initialWeights = "initial_weights", store, images, labels, validationStore = "validation_store"
    case validationFraction = "validation_fraction", epochs, batchSize = "batch_size"
    case virtualShards = "virtual_shards", order, shuffleWindow = "shuffle_window", seed
    case optimizer, schedule, l2, loss, metrics, earlyStopping = "early_stopping", augmentation, convolution, allreduce
    case memoryPerRank = "memory_per_rank", checkpoint, logEvery = "log_every", recordParameters = "record_parameters"
    case checkEvery = "check_every", nonFinite = "non_finite", stallTimeout = "stall_timeout", onStall = "on_stall"
  }

  /// The keys of a run file, but for those within others.
  public static let settings = CodingKeys.allCases.map(\.stringValue)

  /// Reads the keys that are written and takes the default of every other.
  ///
  /// - Throws: ``ConfigurationError`` that names the key, what it may be, and the nearest known key.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, inner: Self.innerSettings)
    model = try container.decodeIfPresent(ModelSource.self, forKey: .model) ?? model
    initialWeights = try container.decodeIfPresent(String.self, forKey: .initialWeights)
    store = try container.decodeIfPresent(String.self, forKey: .store) ?? store
    images = try container.decodeIfPresent(String.self, forKey: .images)
    labels = try container.decodeIfPresent(String.self, forKey: .labels)
    validationStore = try container.decodeIfPresent(String.self, forKey: .validationStore)
    validationFraction = try container.decodeIfPresent(Double.self, forKey: .validationFraction)
    epochs = try container.decodeCountIfPresent(forKey: .epochs, to: Self.maximumEpochs) ?? epochs
    batchSize = try container.decodeCountIfPresent(forKey: .batchSize) ?? batchSize
    virtualShards =
      try container.decodeCountIfPresent(forKey: .virtualShards, to: VirtualShards.maximumCount) ?? virtualShards
    order = try container.decodeChoice(forKey: .order) ?? order
    shuffleWindow = try container.decodeIfPresent(ByteCount.self, forKey: .shuffleWindow) ?? shuffleWindow
    seed = try container.decodeCountIfPresent(forKey: .seed, from: 0, to: .max) ?? seed
    optimizer = try container.decodeIfPresent(Choice.self, forKey: .optimizer) ?? optimizer
    schedule = try container.decodeIfPresent(Choice.self, forKey: .schedule) ?? schedule
    l2 = try container.decodeIfPresent(Double.self, forKey: .l2)
    loss = try container.decodeIfPresent(Choice.self, forKey: .loss) ?? loss
    metrics = try container.decodeIfPresent(MetricList.self, forKey: .metrics) ?? metrics
    earlyStopping = try container.decodeIfPresent(EarlyStoppingConfiguration.self, forKey: .earlyStopping)
    let augmentation = try container.decodeIfPresent(Augmentation.self, forKey: .augmentation)
    // Settings that change nothing are none: checkpoints of the same training are the same.
    self.augmentation = augmentation?.changesNothing == true ? nil : augmentation
    convolution = try container.decodeChoice(forKey: .convolution) ?? convolution
    allreduce = try container.decodeChoice(forKey: .allreduce) ?? allreduce
    memoryPerRank = try container.decodeIfPresent(ByteCount.self, forKey: .memoryPerRank)
    checkpoint = try container.decodeIfPresent(CheckpointConfiguration.self, forKey: .checkpoint) ?? checkpoint
    logEvery = try container.decodeCountIfPresent(forKey: .logEvery, from: 0) ?? logEvery
    recordParameters = try container.decodeIfPresent(Bool.self, forKey: .recordParameters) ?? recordParameters
    checkEvery = try container.decodeCountIfPresent(forKey: .checkEvery, from: 0) ?? checkEvery
    nonFinite = try container.decodeChoice(forKey: .nonFinite) ?? nonFinite
    stallTimeout = try container.decodeIfPresent(TimeSpan.self, forKey: .stallTimeout) ?? stallTimeout
    onStall = try container.decodeChoice(forKey: .onStall) ?? onStall
    guard !store.isEmpty else {
      throw ConfigurationError(
        "expected the path of an image store, found nothing", at: CodingKeys.store.rawValue,
        advice: "leave it out for \(TrainingConfiguration().store)")
    }
    try checkSelection()
    if let l2, !(l2 >= 0 && l2.isFinite) {
      throw ConfigurationError("expected a number from 0 up, found \(l2)", at: CodingKeys.l2.rawValue)
    }
  }

  /// Checks what is said about the store, as far as that can be done without it.
  ///
  /// - Throws: ``ConfigurationError`` that names the key.
  public func checkSelection() throws {
    for (key, value) in [(CodingKeys.images, images), (.labels, labels), (.validationStore, validationStore)]
    where value?.isEmpty == true {
      throw ConfigurationError(
        "expected a \(key == .validationStore ? "file" : "dataset"), found nothing", at: key.rawValue,
        advice: "leave it out to have it found")
    }
    guard let validationFraction else { return }
    guard validationFraction > 0, validationFraction < 1 else {
      throw ConfigurationError(
        "expected a number above 0 and below 1, found \(validationFraction)", at: CodingKeys.validationFraction.rawValue
      )
    }
    guard validationStore == nil else {
      throw ConfigurationError(
        "there is a validation store already", at: CodingKeys.validationFraction.rawValue,
        advice: "leave out one of them")
    }
  }

  /// Where the samples lie.
  public var storeSelection: StoreSelection {
    get {
      StoreSelection(
        store, images: images, labels: labels, validationStore: validationStore, validationFraction: validationFraction)
    }
    set {
      store = newValue.path
      images = newValue.images
      labels = newValue.labels
      validationStore = newValue.validationStore
      validationFraction = newValue.validationFraction
    }
  }

  /// The settings that decide the result, with the default of all others: what a checkpoint names.
  ///
  /// So two checkpoints are the same file if they hold the same training, wherever the store lies, however often
  /// checkpoints are written and whichever way sums travel. Only `MPI_Allreduce` gives other bits.
  public func decidingTheResult() -> TrainingConfiguration {
    var settings = self
    settings.storeSelection = storeSelection.mapFiles(Path.name)
    settings.initialWeights = initialWeights.map(Path.name)
    settings.allreduce = allreduce == .mpi ? .mpi : .tree
    settings.memoryPerRank = nil
    settings.checkpoint = CheckpointConfiguration()
    settings.logEvery = 0
    settings.recordParameters = false
    settings.checkEvery = TrainingConfiguration().checkEvery
    settings.nonFinite = TrainingConfiguration().nonFinite
    settings.stallTimeout = TrainingConfiguration().stallTimeout
    settings.onStall = TrainingConfiguration().onStall
    // Only early stopping acts on what is measured.
    if earlyStopping == nil { settings.metrics = MetricList() }
    return settings
  }

  /// The network with the run's penalty.
  ///
  /// - Throws: ``ConfigurationError`` if the model's name is unknown.
  public func modelDescription() throws -> ModelDescription {
    var description = try model.description()
    if let l2 { description.l2 = l2 }
    return description
  }
}

/// When checkpoints are written, and how many are kept.
public struct CheckpointConfiguration: Codable, Sendable, Equatable {
  /// The time between two checkpoints; there is always one at the end.
  public var every = CheckpointInterval.seconds(600)
  /// How many of the newest are kept.
  public var keep = 3

  /// Every ten minutes, the last three.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable { case every, keep }

  /// Reads the keys that are written.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try container.decodeIfPresent(CheckpointInterval.self, forKey: .every) ?? every
    keep = try container.decodeCountIfPresent(forKey: .keep) ?? keep
  }
}

/// A time between two checkpoints.
public enum CheckpointInterval: Codable, Sendable, Equatable, CustomStringConvertible {
  /// So many epochs: `5` or `5 epochs`.
  case epochs(Int)
  /// So many steps: `200 steps`.
  case steps(Int)
  /// So many seconds by the clock of rank 0: `90s`, `10m`, `2h`.
  case seconds(Int)

  /// The most epochs, steps, minutes or hours between two.
  private static let maximumCount = Int(Int32.max)

  /// Reads one of the forms; nil if the text is none of them.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " || $0 == "_" }
    guard let count = Int(digits), (1...Self.maximumCount).contains(count) else { return nil }
    switch unit.lowercased() {
    case "", "epoch", "epochs": self = .epochs(count)
    case "step", "steps": self = .steps(count)
    case "s", "sec", "second", "seconds": self = .seconds(count)
    case "m", "min", "minute", "minutes": self = .seconds(60 * count)
    case "h", "hour", "hours": self = .seconds(3600 * count)
    default: return nil
    }
  }

  /// The form that a run file has.
  public var description: String {
    switch self {
    case .epochs(let count): "\(count) \(count == 1 ? "epoch" : "epochs")"
    case .steps(let count): "\(count) \(count == 1 ? "step" : "steps")"
    case .seconds(let count) where count.isMultiple(of: 3600): "\(count / 3600)h"
    case .seconds(let count) where count.isMultiple(of: 60): "\(count / 60)m"
    case .seconds(let count): "\(count)s"
    }
  }

  /// The form that sentences have: `10 min`.
  public var spoken: String {
    switch self {
    case .epochs(let count): Text.count(count, "epoch")
    case .steps(let count): Text.count(count, "step")
    case .seconds(let count) where count.isMultiple(of: 3600): "\(count / 3600) h"
    case .seconds(let count) where count.isMultiple(of: 60): "\(count / 60) min"
    case .seconds(let count): "\(count) s"
    }
  }

  /// Reads a text, or a bare number of epochs.
  ///
  /// - Throws: ``ConfigurationError`` that shows the forms.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
    guard let interval = CheckpointInterval(text) else {
      throw ConfigurationError(
        "expected a time between checkpoints, found '\(text)'", at: "checkpoint.every",
        advice: "write 5 (epochs), '200 steps', 90s, 10m or 2h, of at most \(Self.maximumCount)")
    }
    self = interval
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension KeyedDecodingContainer {
  /// One of the names of a closed choice, if the key is written.
  public func decodeChoice<T: RawRepresentable & CaseIterable>(forKey key: Key) throws -> T?
  where T.RawValue == String {
    guard let name = try decodeIfPresent(String.self, forKey: key) else { return nil }
    guard let choice = T(rawValue: name) else {
      throw ConfigurationError(
        "unknown value '\(name)'", at: ConfigurationError.place(codingPath + [key]),
        advice: "known: \(T.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }
}
