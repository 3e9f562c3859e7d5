import ArgumentParser
import Datasets
import NeuralNetwork
import Training

/// Which datasets of a store are its images and labels, as flags.
struct DatasetOptions: ParsableArguments {
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

  /// Lays the flags over a selection.
  ///
  /// - Throws: ``ConfigurationError`` if they cannot be.
  func apply(to selection: StoreSelection) throws -> StoreSelection {
    var selection = selection
    if let images { selection.images = images }
    if let labels { selection.labels = labels }
    return try selection.checked()
  }
}

extension StoreSelection {
  /// The same selection, checked as far as that can be done without the store.
  ///
  /// - Throws: ``ConfigurationError`` that names the key of the run file.
  func checked() throws -> StoreSelection {
    var configuration = TrainingConfiguration()
    configuration.storeSelection = self
    try configuration.checkSelection()
    return self
  }
}
