import Datasets
import NeuralNetwork

extension Network {
  /// Checks that there is an output for every class of a split.
  ///
  /// - Throws: ``ShapeError`` that names the last layer, or ``ConfigurationError`` if the labels are no classes.
  func checkOutputs(for labels: Split.Labels) throws {
    switch labels {
    case .classes(let count):
      guard outputShape.elementCount < count else { return }
      var error = ShapeError(
        expected: "at least \(count) outputs, one for each class of the store", found: outputShape,
        advice: "give the last layer \(count) units")
      error.layer = "the last layer, \(model.layers.last?.name ?? "")"
      throw error
    case .values:
      throw ConfigurationError(
        "the store's labels are numbers, the loss needs classes", at: "loss", advice: "use a store with integer labels")
    }
  }
}
