import FoundationEssentials
import HDF5
import NeuralNetwork
import OneDNN

/// Everything a run needs to go on, and a Keras model at the same time.
///
/// The file is Keras' legacy model file (`model_config`, `/model_weights`), with `/training` beside it. Nothing in it
/// belongs to a rank, and nothing says where or when it was written: two runs that did the same have the same bytes.
/// See <doc:CheckpointFormat>.
public struct Checkpoint: Sendable {
  /// How far training has come.
  public var progress: TrainingProgress
  /// The settings, as a run file.
  public var configuration: String
  /// SHA-256 of what identifies the store.
  public var storeFingerprint: String
  /// The shape of a sample.
  public var inputShape: Shape
  /// Versions and instruction set that computed it.
  public var platform: Platform
  /// The layers.
  public var model: ModelDescription
  /// The file it was read from; empty for one that was not.
  public var file = ""
  /// The values of each parameter, in the order of the parameter table.
  public var parameters: [[Float]]
  /// The values of each parameter after the best epoch, where early stopping keeps them.
  public var bestParameters: [[Float]]?
  /// The optimizer's slots, by name; each has values for each trainable parameter in turn.
  public var slots: [(name: String, values: [[Float]])]

  /// What the bits of a result depend on besides the settings.
  public struct Platform: Sendable, Equatable {
    /// The version of this program.
    public var program: String
    /// The version of oneDNN.
    public var oneDNN: String
    /// The instruction set that kernels were generated for.
    public var instructionSet: String

    /// This process'.
    public static var current: Platform {
      Platform(program: Program.version, oneDNN: Engine.version, instructionSet: Engine.instructionSet)
    }
  }

  /// Collects the state of `network`.
  init(
    of network: Network, bestParameters: Slab? = nil, progress: TrainingProgress,
    configuration: TrainingConfiguration, storeFingerprint: String
  ) throws {
    self.init(
      of: network, bestParameters: bestParameters, progress: progress,
      configuration: try configuration.decidingTheResult().yaml(), storeFingerprint: storeFingerprint)
  }

  /// The same, with the settings that decide the result as text.
  init(
    of network: Network, bestParameters: Slab?, progress: TrainingProgress, configuration: String,
    storeFingerprint: String
  ) {
    self.progress = progress
    self.configuration = configuration
    self.storeFingerprint = storeFingerprint
    inputShape = network.inputShape
    platform = .current
    model = network.model
    let entries = network.table.entries
    parameters = entries.map { Array(network.parameters.floats.extracting($0.range)) }
    self.bestParameters = bestParameters.map { best in entries.map { Array(best.floats.extracting($0.range)) } }
    slots = network.slots.map { slot in
      (slot.name, network.table.trainable.map { Array(slot.slab.floats.extracting($0.range)) })
    }
  }

  /// The checkpoint as the model of the best epoch; nil if it has none.
  func withBestParameters() -> Checkpoint? {
    guard let bestParameters else { return nil }
    var best = self
    (best.parameters, best.bestParameters) = (bestParameters, nil)
    return best
  }

  /// Puts parameters and optimizer slots into `network`, and the parameters of the best epoch into a slab for them.
  ///
  /// - Throws: ``CheckpointError`` if the network has other parameters, or its optimizer other slots.
  func restore(_ network: Network, bestParameters: Slab? = nil) throws {
    if let bestParameters, let values = self.bestParameters {
      try copy(values, to: bestParameters, network.table.entries, what: "parameters of the best epoch")
    }
    try copy(parameters, to: network.parameters, network.table.entries, what: "parameters")
    guard slots.map(\.name) == network.slots.map(\.name) else {
      throw CheckpointError(
        "the optimizer keeps \(Self.list(network.slots.map(\.name))), the checkpoint has \(Self.list(slots.map(\.name)))",
        file: file, advice: "resume with the optimizer it was trained with")
    }
    for (slot, target) in zip(slots, network.slots) {
      try copy(slot.values, to: target.slab, network.table.trainable, what: slot.name)
    }
    network.parametersChanged()
  }

  private static func list(_ names: [String]) -> String { names.isEmpty ? "nothing" : names.joined(separator: ", ") }

  private func copy(_ values: [[Float]], to slab: Slab, _ entries: [ParameterTable.Entry], what: String) throws {
    guard values.map(\.count) == entries.map(\.range.count) else {
      throw CheckpointError(
        "its \(what) do not fit the model: expected \(entries.map(\.range.count)) values, "
          + "found \(values.map(\.count))", file: file, advice: "resume with the model it was trained with")
    }
    for (entry, values) in zip(entries, values) {
      _ = slab.floats.extracting(entry.range).update(fromContentsOf: values)
    }
  }
}

/// How far training has come: what a killed run needs to continue as if nothing had happened.
public struct TrainingProgress: Sendable, Equatable {
  /// The epochs that are complete: trained, evaluated and logged.
  public var epoch = 0
  /// The steps of the present epoch that are done.
  public var step = 0
  /// All updates made so far.
  public var updates = 0
  /// What this epoch's steps have yielded so far.
  public var totals = EpochTotals()
  /// The steps in a row, up to here, that were skipped because their numbers were not finite.
  public var skippedInARow = 0
  /// What early stopping remembers; nil before the first epoch is complete, and where nothing is looked at.
  public var earlyStopping: EarlyStoppingState?
  /// The best epoch; nil before the first is complete.
  public var best: BestEpoch?

  /// The beginning.
  public init() {}
}

/// A checkpoint that cannot be used.
public struct CheckpointError: Error, Sendable, CustomStringConvertible {
  /// The file, or its folder.
  public var file: String
  /// What is wrong with it.
  public let problem: String
  /// What to do about it.
  public let advice: String

  init(_ problem: String, file: String, advice: String) {
    self.file = file
    self.problem = problem
    self.advice = advice
  }

  /// The message, `file: problem; advice`.
  public var description: String { "\(file): \(problem); \(advice)" }
}
