import ArgumentParser
import Datasets
import NeuralNetwork
import Training

/// Where in a store the samples lie, as flags.
struct SampleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The images in a store that others wrote: /x, FILE:/x; /x:NCHW if channels come first. Default: found by name.",
      valueName: "dataset"))
  var images: String?

  @Option(
    help: ArgumentHelp(
      "The labels in it: /y, FILE:/y; /y:classes or /y:values where the type leaves it open. Default: found by name.",
      valueName: "dataset"))
  var labels: String?

  @Option(help: ArgumentHelp("A second store that is the validation split.", valueName: "file"))
  var validationStore: String?

  @Option(
    help: ArgumentHelp(
      "The share of the training split, from its end, that is the validation split.", valueName: "share"))
  var validationFraction: Double?

  /// Lays the flags over a selection.
  ///
  /// - Throws: ``ConfigurationError`` if they cannot be.
  func apply(to selection: StoreSelection) throws -> StoreSelection {
    var configuration = TrainingConfiguration()
    configuration.storeSelection = selection
    if let images { configuration.images = images }
    if let labels { configuration.labels = labels }
    // One way to validate replaces the other.
    if let validationStore {
      (configuration.validationStore, configuration.validationFraction) = (validationStore, nil)
    }
    if let validationFraction {
      (configuration.validationStore, configuration.validationFraction) = (validationStore, validationFraction)
    }
    try configuration.checkSelection()
    return configuration.storeSelection
  }
}
