import Foundation
import Testing

@testable import NeuralNetwork

@Suite struct ModelDescriptionTests {
  private func read(_ json: String) throws -> ModelDescription {
    try JSONDecoder().decode(ModelDescription.self, from: Data(json.utf8))
  }

  @Test func readsTheShortForm() throws {
    let model = try read(
      #"""
      {"name": "small", "input_shape": [8, 8, 1], "l2": 0.5, "layers": [
        {"Conv2D": {"filters": 10, "kernel_size": 3, "activation": "relu"}}, {"max_pooling2d": null}, "flatten",
        {"class_name": "Dense", "config": {"units": 50}}, {"Dense": {"units": 10, "activation": "softmax", "kernel_regularizer": "l2"}}]}
      """#)
    #expect(model.layers.map { $0.name } == ["conv2d", "max_pooling2d", "flatten", "dense", "dense_1"])
    #expect(try model.parameterTable(for: Shape([8, 8, 1])).parameterCount == 5160)
    let penalties = model.withPenalties().layers.map { ($0 as? any RegularizedLayer)?.kernelRegularizer?.l2 }
    #expect(penalties == [0.5, nil, nil, 0.5, 0.01])
  }

  /// What Keras 3.15.1 wrote into a legacy `.h5` file for the digits network.
  @Test func readsKerasJSON() throws {
    let json = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/keras_digits.json"),
      encoding: .utf8)
    let model = try read(json)
    #expect(model.inputShape == Shape([8, 8, 1]))
    #expect(try model.parameterTable(for: Shape([8, 8, 1])).parameterCount == 5160)
    #expect(
      model.layers.compactMap { ($0 as? any RegularizedLayer)?.kernelRegularizer }
        == Array(repeating: Regularizer(l2: 0.001), count: 3))
    #expect(model.outputActivation == .softmax)
  }

  @Test func survivesItsOwnKerasForm() throws {
    let course = CourseModels.digits
    let written = try JSONEncoder.sorted.encode(KerasModel(course.description, input: course.input))
    let model = try JSONDecoder().decode(ModelDescription.self, from: written)
    #expect(model.name == "digits" && model.inputShape == course.input)
    #expect(try JSONEncoder.sorted.encode(KerasModel(model, input: course.input)) == written)
  }

  @Test(arguments: [
    (#"{"layers": [{"Dens": {"units": 3}}]}"#, "layers[0]", "unknown layer 'Dens'; did you mean Dense?"),
    (
      #"{"layers": ["flatten", {"Dense": {"unit": 3}}]}"#, "layers[1].Dense",
      "unknown key 'unit'; did you mean 'units'?"
    ),
    (#"{"layers": [{"Dense": {}}]}"#, "layers[0].Dense", "the key 'units' is missing"),
    (#"{"layers": ["dense"]}"#, "layers[0]", "the key 'units' is missing"),
    (#"{"layers": [{"Dense": {"units": 0}}]}"#, "layers[0].Dense.units", "expected a whole number from 1 up, found 0"),
    (#"{"layers": [{"Dense": {"units": "many"}}]}"#, "layers[0].Dense.units", "expected a whole number"),
    (
      #"{"layers": [{"Dense": {"units": 3, "activation": "rilu"}}]}"#, "layers[0].Dense.activation",
      "unknown activation 'rilu'"
    ),
    (
      #"{"layers": [{"Conv2D": {"filters": 3, "kernel_size": [3, 3, 3]}}]}"#, "layers[0].Conv2D.kernel_size",
      "expected 1 or 2 whole numbers, found [3, 3, 3]"
    ),
    (
      #"{"layers": [{"Conv2D": {"filters": 3, "kernel_size": 3, "padding": "circular"}}]}"#, "layers[0].Conv2D.padding",
      "unknown padding"
    ),
    (
      #"{"layers": [{"Conv2D": {"filters": 3, "kernel_size": 3, "groups": 2}}]}"#, "layers[0].Conv2D",
      "'groups' has a value that is not supported here"
    ),
    (
      #"{"layers": [{"Dense": {"units": 3, "kernel_regularizer": {"l2": -1}}}]}"#, "layers[0].Dense.kernel_regularizer",
      "must not be negative"
    ),
    (#"{"layers": []}"#, "layers", "no layers"),
    (#"{"layer": []}"#, "", "unknown key 'layer'; did you mean 'layers'?"),
    (#"{"layers": [{"Flatten": {"name": "a"}}, {"Flatten": {"name": "a"}}]}"#, "layers", "two layers are named 'a'"),
    (#"{"class_name": "Subclassed", "config": {}}"#, "", "only Sequential models"),
    (
      #"{"layers": [{"Dense": {"units": 9223372036854775807}}]}"#, "layers[0].Dense.units",
      "expected a whole number of at most 2147483647, found 9223372036854775807"
    ),
    (
      #"{"layers": [{"MaxPooling2D": {"strides": [2, 9223372036854775807]}}]}"#, "layers[0].MaxPooling2D.strides",
      "from 1 to 2147483647"
    ),
    (#"{"input_shape": [-8, -8, 1], "layers": ["flatten"]}"#, "input_shape", "from 1 up, found [-8, -8, 1]"),
    (#"{"input_shape": [], "layers": ["flatten"]}"#, "input_shape", "one to three whole numbers from 1 up, found []"),
    (#"{"input_shape": [1, 2, 3, 4], "layers": ["flatten"]}"#, "input_shape", "one to three whole numbers"),
    (
      #"{"input_shape": [4000000000, 4000000000, 4000000000], "layers": ["flatten"]}"#, "input_shape",
      "expected at most 1099511627776 values"
    ),
    (
      #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "InputLayer", "config": {"batch_shape": [null, 0]}}, "flatten"]}}"#,
      "config.layers[0].config.batch_shape", "from 1 up, found [0]"
    ),
    (
      #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "InputLayer", "config": {"batch_shape": [null, null, 1]}}, "flatten"]}}"#,
      "config.layers[0].config.batch_shape", "the shape of the input is left open"
    ),
    (#"{"layers": [{"Flatten": {"name": ""}}]}"#, "layers[0]", "'' cannot be the name of a layer"),
    (#"{"layers": ["flatten", {"Flatten": {"name": ".."}}]}"#, "layers[1]", "'..' cannot be the name"),
    (#"{"layers": [{"Flatten": {"name": "a/b"}}]}"#, "layers[0]", "'a/b' cannot be the name"),
    (#"{"layers": [{"Flatten": {"name": "a\u0000"}}]}"#, "layers[0]", "cannot be the name"),
    (#"{"layers": [{"Flatten": {"name": "top_level_model_weights"}}]}"#, "layers[0]", "cannot be the name"),
    (#"{"name": "a/b", "layers": ["flatten"]}"#, "name", "'a/b' cannot be the name of the model"),
  ])
  func errorsNamePlaceAndRemedy(json: String, place: String, text: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try read(json) }
    let description = try #require(error?.description)
    #expect(description.hasPrefix(place) && description.contains(text), "\(description)")
  }

  /// No layer that can be read may make numbers overflow.
  @Test(arguments: [
    (
      #"{"Conv2D": {"filters": 3, "kernel_size": 2147483647, "padding": "same"}}"#, "conv2d (Conv2D)",
      "windows of at most"
    ),
    (
      #"{"Conv2D": {"filters": 3, "kernel_size": 2147483647, "dilation_rate": 2147483647}}"#, "conv2d (Conv2D)",
      "values"
    ),
    (#"{"Conv2D": {"filters": 2147483647, "kernel_size": 1}}"#, "conv2d (Conv2D)", "an output of at most"),
    (#"{"Conv2D": {"filters": 2147483647, "kernel_size": 1, "use_bias": false}}"#, "conv2d (Conv2D)", "values"),
  ])
  func hugeLayersAreErrors(layer: String, place: String, text: String) throws {
    let model = try read("[\(layer), \"flatten\", {\"Dense\": {\"units\": 2147483647}}]")
    let error = #expect(throws: ShapeError.self) { try ModelSummary(model, input: Shape([64, 64, 1])) }
    #expect(error?.description.contains(place) == true && error?.description.contains(text) == true, "\(error as Any)")
  }

  @Test func shapeErrorsNameLayerAndShapes() throws {
    let error = #expect(throws: ShapeError.self) {
      try CourseModels.digits.description.shapes(for: Shape([2, 2, 1]))
    }
    #expect(
      error?.description
        == "layer 1, conv2d (Conv2D): expected at least 3×3 values, found (2, 2, 1); use a smaller window, fewer poolings before it, or padding: same"
    )
    let flat = ModelDescription(name: "model", layers: [Dense(units: 3)])
    #expect(
      #expect(throws: ShapeError.self) { try flat.shapes(for: Shape([2, 2, 1])) }?.description
        == "layer 1, dense (Dense): expected a flat input (features), found (2, 2, 1); put Flatten before it")
  }

  /// Keras' rule, on Keras' names.
  @Test(arguments: [
    ("Conv1D", "conv1d"), ("Conv2D", "conv2d"), ("MaxPooling2D", "max_pooling2d"),
    ("AveragePooling1D", "average_pooling1d"), ("GlobalAveragePooling2D", "global_average_pooling2d"),
    ("Flatten", "flatten"), ("Dense", "dense"), ("Activation", "activation"), ("ReLU", "re_lu"),
    ("LeakyReLU", "leaky_re_lu"), ("ELU", "elu"), ("Softmax", "softmax"),
  ])
  func defaultNamesAreKeras(kind: String, name: String) throws {
    #expect(try #require(LayerRegistry.layers.first { $0.kind == kind }).defaultName == name)
  }

  /// The layers of a model of the course under a new top, frozen; names of its own are not given twice.
  @Test func modelsOfTheCourseCanBeIncluded() throws {
    let vgg = try read(#"[{"model": "vgg16", "trainable": false}, "GlobalAveragePooling2D", {"Dense": {"units": 5}}]"#)
    #expect(vgg.layers.count == 20 && vgg.layers.first?.name == "block1_conv1" && vgg.frozen.count == 18)
    let table = try vgg.parameterTable(for: Shape([32, 32, 3]))
    #expect(table.parameterCount == 14_714_688 + 512 * 5 + 5 && table.trainableCount == 512 * 5 + 5)
    let twice = try read(#"[{"model": "digits"}, {"Dense": {"units": 5}}]"#)
    #expect(twice.layers.compactMap(\.name).suffix(3) == ["dense", "dense_1", "dense_2"] && twice.frozen.isEmpty)
    let error = #expect(throws: ConfigurationError.self) { try read(#"[{"model": "vgg61"}]"#) }
    #expect(error?.description.contains("did you mean 'vgg16'?") == true, "\(error as Any)")
  }

  /// Keras' `trainable: false`, in every form that a layer is written in.
  @Test func layersCanBeFrozen() throws {
    let model = try read(
      #"""
      [{"class_name": "Flatten", "config": {"trainable": true}}, {"Dense": {"units": 3, "trainable": false}},
       {"name": "Dense", "units": 2}, {"class_name": "Dense", "config": {"units": 4, "trainable": false, "name": "last"}}]
      """#)
    #expect(model.frozen == ["dense", "last"])
    let table = try model.parameterTable(for: Shape([2, 2, 1]))
    #expect(table.trainable.map(\.layerName) == ["dense_1", "dense_1"])
    #expect(table.trainableSlabCount == 16 + 16 && table.learningSlabCount == 32 && table.slabCount == 32 + 16 * 4)
    let again = try JSONDecoder().decode(ModelDescription.self, from: JSONEncoder().encode(model))
    #expect(again.frozen == model.frozen)
  }

  /// What may be read can be written and read again.
  @Test(arguments: [("Residual", "layers", 16), ("Branches", "branches", 16)])
  func blocksAreNestedSoDeepAndNoDeeper(kind: String, key: String, depth: Int) throws {
    func model(_ depth: Int) -> String {
      (0..<depth).reduce(#""flatten""#) { layer, _ in
        let list = kind == "Branches" ? "[[\(layer)], [\"flatten\"]]" : "[\(layer)]"
        let merge = kind == "Branches" ? #", "merge": "add""# : ""
        return #"{"\#(kind)": {"\#(key)": \#(list)\#(merge)}}"#
      }
    }
    let deepest = try read("[\(model(depth))]")
    _ = try JSONDecoder().decode(ModelDescription.self, from: JSONEncoder().encode(deepest))
    let error = #expect(throws: ConfigurationError.self) { try read("[\(model(depth + 1))]") }
    #expect(error?.description.contains("layers are nested more than 16 deep") == true, "\(error as Any)")
  }

  @Test func summaryIsKerasTable() throws {
    let summary = try ModelSummary(CourseModels.digits.description, input: CourseModels.digits.input).description
    #expect(summary.contains("│ max_pooling2d (MaxPooling2D)    │ (None, 3, 3, 10)       │             0 │"))
    #expect(summary.contains("│ dense (Dense)                   │ (None, 50)             │         4,550 │"))
    #expect(summary.contains(" Total params: 5,160 (20.16 KB)"))
  }
}
