import ArgumentParser
import Datasets
import NeuralNetwork
import Training

/// Where in a store the samples lie, as flags.
struct SampleOptions: ParsableArguments {
  @OptionGroup var datasets: DatasetOptions

  @Option(help: ArgumentHelp("A second store that is the validation split.", valueName: "file"))
  var validationStore: String?

  @Option(
    help: ArgumentHelp(
      "The share of the training split, from its end, that is the validation split.", valueName: "share"))
  var validationFraction: Double?

  /// Lays the flags over a selection.
  ///
  /// - Throws: ``ConfigurationError`` if they cannot be, or there would be two ways to validate.
  func apply(to selection: StoreSelection) throws -> StoreSelection {
    var selection = try datasets.apply(to: selection)
    if let validationStore, let fraction = selection.validationFraction {
      throw Self.secondWay("--validation-store \(validationStore)", beside: "validation_fraction \(fraction)")
    }
    if let validationFraction, let store = selection.validationStore {
      throw Self.secondWay("--validation-fraction \(validationFraction)", beside: "validation_store \(store)")
    }
    if let validationStore { selection.validationStore = validationStore }
    if let validationFraction { selection.validationFraction = validationFraction }
    return try selection.checked()
  }

  private static func secondWay(_ flag: String, beside setting: String) -> ConfigurationError {
    ConfigurationError(
      "expected one way to validate, found \(flag) beside the run's \(setting)",
      advice: "leave out the flag, or name the store by --store, which leaves out what the run says of its samples")
  }
}
