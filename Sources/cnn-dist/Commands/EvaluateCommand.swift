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
      """)

  @Argument(help: "A checkpoint, a Keras .h5 file, or the folder of a run.")
  var checkpoint: String

  @Option(
    help: ArgumentHelp(
      "The image store (HDF5). Default: the run's own; datasets/digits.h5 for files of no run.", valueName: "file"))
  var store: String?

  @Option(help: ArgumentHelp("The split: train, validation or test.", valueName: "split"))
  var split = SplitName.test

  @Option(
    help: ArgumentHelp("Write the outputs for every sample, in stored order, to this HDF5 file.", valueName: "file"))
  var predictions: String?

  @Option(help: "The units of work that ranks share, at least the number of ranks.")
  var virtualShards = 8

  func run() throws {
    let environment = try Environment()
    let world = try environment.world.numberedByNode()
    let shards = try VirtualShards(count: virtualShards, ranks: world.size)
    let (trained, store) = try world.rankZeroFirst {
      let trained = try TrainedModel(file: RunFolder.newestModel(at: checkpoint))
      let name = try self.store ?? RunFolder.store(ofRunWith: checkpoint) ?? TrainingConfiguration().store
      let store = try ImageStore(opening: StoreSearch.path(of: name))
      let shape = Shape(try store.split(split).imageShape)
      guard shape == trained.inputShape else {
        throw ConfigurationError(
          "the model takes images of shape \(trained.inputShape), those of \(store.path) have \(shape)",
          advice: "use the store it was trained on")
      }
      return (trained, store)
    }
    let network = try trained.network(loss: CategoricalCrossentropy(), on: Engine())
    let evaluator = try Evaluator(
      network, store: store, split: split, shards: shards, method: .tree, world: world)
    var outputs: [Float] = []
    var labels: [Int32] = []
    let metrics = try evaluator.evaluate { batchOutputs, samples in
      outputs += batchOutputs
      labels += samples.labels
    }
    if let predictions {
      try write(outputs, labels, width: network.outputShape.elementCount, to: predictions, world)
    }
    if world.rank == 0 {
      try StandardOutput.write(
        "\(split.rawValue)  loss \(Text.fixed(metrics.loss, 6))  accuracy \(Text.percent(metrics.accuracy)) "
          + "(\(metrics.correct) of \(metrics.count)); \(store.path)")
    }
    try environment.finalize()
  }

  /// Gathers what the ranks have, in their order, which is the stored one.
  private func write(_ outputs: [Float], _ labels: [Int32], width: Int, to path: String, _ world: Communicator) throws {
    let outputParts = try world.gather(outputs.withUnsafeBytes { Array($0) }, to: 0)
    let labelParts = try world.gather(labels.withUnsafeBytes { Array($0) }, to: 0)
    guard world.rank == 0 else { return }
    let all = outputParts.flatMap { part in part.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } }
    let allLabels = labelParts.flatMap { part in part.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) } }
    let file = try File.inMemory(name: path)
    try file.write(all, shape: [allLabels.count, width], to: "predictions")
    try file.write(allLabels, shape: [allLabels.count], to: "labels")
    try AtomicFile.write(file.image(), to: path)
  }
}

extension SplitName: ExpressibleByArgument {}
