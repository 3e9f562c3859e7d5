import HDF5
import NeuralNetwork
import Testing

@testable import Training

/// Which loss a file is evaluated with.
@Suite struct SavedLossTests {
  private func loss(training: String? = nil, configuration: String? = nil) throws -> String? {
    let file = try File.inMemory(name: "a.h5")
    if let training { try file.writeAttribute("training_config", training, of: "/") }
    if let configuration {
      try file.createGroup("training")
      try file.writeAttribute("configuration", configuration, of: "training")
    }
    return try SavedLoss.read(from: SavedTexts(file)).map { type(of: $0).kind }
  }

  /// What Keras 2 and 3 write.
  @Test func kerasForms() throws {
    #expect(try loss(training: #"{"loss": "mse", "metrics": null}"#) == "mean_squared_error")
    #expect(try loss(training: #"{"loss": "binary_crossentropy"}"#) == "binary_crossentropy")
    #expect(
      try loss(
        training: #"""
          {"loss": {"module": "keras.losses", "class_name": "SparseCategoricalCrossentropy", "config": {"name":
          "sparse_categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false, "ignore_class":
          null, "axis": -1}, "registered_name": null}, "loss_weights": null}
          """#) == "sparse_categorical_crossentropy")
    #expect(
      try loss(
        training: #"{"loss": {"class_name": "MeanAbsoluteError", "config": {"reduction": "auto", "name": "mae"}}}"#)
        == "mean_absolute_error")
    #expect(try loss() == nil && loss(training: #"{"loss": null}"#) == nil)
  }

  /// A list of one, one by the output's name, a function, an object of Keras 2, whose function stands beside it.
  @Test(arguments: [
    #"["mse"]"#, #"{"out": "mse"}"#, #"[{"class_name": "MeanSquaredError", "config": {"reduction": "auto"}}]"#,
    #"{"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "m", "fn": "mean_squared_error"}}"#,
    #"{"module": "builtins", "class_name": "function", "config": "mean_squared_error", "registered_name": "function"}"#,
  ]) func formsOfOneLoss(form: String) throws {
    #expect(try loss(training: "{\"loss\": \(form), \"loss_weights\": [1.0]}") == "mean_squared_error")
  }

  @Test func logits() throws {
    let file = try File.inMemory(name: "a.h5")
    try file.writeAttribute(
      "training_config",
      #"{"loss": {"class_name": "BinaryCrossentropy", "config": {"from_logits": true, "axis": -1}}}"#,
      of: "/")
    #expect((try SavedLoss.read(from: SavedTexts(file)) as? BinaryCrossentropy)?.fromLogits == true)
  }

  /// A checkpoint's own settings are more exact than what Keras is told.
  @Test func settingsOfACheckpoint() throws {
    let training = #"{"loss": "mean_squared_error"}"#
    #expect(try loss(training: training, configuration: "loss: {name: half_squared_error}") == "half_squared_error")
    #expect(try loss(training: training, configuration: "epochs: 3") == nil)
  }

  @Test(arguments: [
    #"{"loss": "hinge"}"#, #"{"loss": ["mse", "mse"]}"#, #"{"loss": "mse", "loss_weights": [0.5]}"#,
    #"{"loss": {"class_name": "BinaryCrossentropy", "config": {"label_smoothing": 0.1}}}"#,
    #"{"loss": {"class_name": "MeanSquaredError", "config": {"reduction": "sum"}}}"#,
  ])
  func unknownOnesSayWhatToDo(training: String) {
    let error = #expect(throws: ConfigurationError.self) { try loss(training: training) }
    #expect(error?.place.hasPrefix("a.h5, training_config") == true)
    #expect(error?.advice?.contains("--loss ") == true, "\(error?.description ?? "")")
  }

  @Test func lastActivationDecidesWhereNothingIsSaid() {
    #expect(SavedLoss.suiting(.softmax) is CategoricalCrossentropy)
    #expect(SavedLoss.suiting(.sigmoid) is BinaryCrossentropy)
    #expect(SavedLoss.suiting(.linear) is MeanSquaredError)
  }
}
