import Foundation
import Testing

@testable import NeuralNetwork

/// What versions of Keras write that says the same as what is read anyway.
@Suite struct KerasFormsTests {
  private func read(_ json: String) throws -> ModelDescription {
    try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8)).withoutKerasWrappers
      .decode(ModelDescription.self)
  }

  /// A Sequential model of these entries.
  private func sequential(_ layers: String) throws -> ModelDescription {
    try read("{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [\(layers)]}}")
  }

  /// As Keras before 2.2.3 wrote it: a list, whose first layer has the shape of the input.
  @Test func listOfLayers() throws {
    let model = try read(
      #"""
      {"class_name": "Sequential", "config": [
        {"class_name": "Conv2D", "config": {"batch_input_shape": [null, 8, 8, 3], "filters": 4, "kernel_size":
          {"class_name": "__tuple__", "items": [3, 3]}, "dtype": "float32", "groups": 1}},
        {"class_name": "LeakyReLU", "config": {"alpha": {"type": "ndarray", "value": 0.25}}},
        {"class_name": "Flatten", "config": {"data_format": "channels_last"}}]}
      """#)
    #expect(model.inputShape == Shape([8, 8, 3]) && model.layers.count == 3 && model.remark == nil)
    #expect((model.layers[1] as? LeakyReLU)?.negativeSlope == 0.25)
  }

  /// Only the shape of the first layer is the model's; that of an InputLayer comes before it.
  @Test func shapesOfTheInput() throws {
    let flat = #"{"class_name": "Flatten", "config": {"batch_input_shape": [10, 4, 4, 1]}}"#
    #expect(try sequential(flat).inputShape == Shape([4, 4, 1]))
    #expect(try sequential(#"{"class_name": "Flatten", "config": {}}, "# + flat).inputShape == nil)
    let input = #"{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2, 2, 1], "ragged": false}}, "#
    #expect(try sequential(input + flat).inputShape == Shape([2, 2, 1]))
    let open =
      #"{"class_name": "Conv2D", "config": {"filters": 1, "kernel_size": 1, "batch_input_shape": [null, null, null, 3]}}"#
    let error = #expect(throws: ConfigurationError.self) { try sequential(open) }
    #expect(error?.description.contains("left open") == true)
  }

  /// A nested model's layers stand in the list; freezing it freezes them.
  @Test func nestedModels() throws {
    let nested = #"""
      {"class_name": "Sequential", "config": {"name": "base", "trainable": false, "layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 8, 8, 3]}},
        {"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": 3}}]}}
      """#
    let top = #", {"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"units": 2}}"#
    let model = try sequential(nested + top)
    #expect(model.layers.compactMap(\.name) == ["c", "flatten", "dense"] && model.frozen == ["c"])
    #expect(model.inputShape == Shape([8, 8, 3]))
  }

  /// Number formats, as names and as policies of Keras 2 and 3.
  @Test(arguments: [
    (#""mixed_bfloat16""#, "mixed_bfloat16"), (#""float64""#, "float64"), (#""float32""#, nil), ("null", nil),
    (#"{"class_name": "Policy", "config": {"name": "mixed_float16"}}"#, "mixed_float16"),
    (#"{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "bfloat16"}}"#, "bfloat16"),
    (#"{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}}"#, nil),
  ]) func numberFormats(dtype: String, name: String?) throws {
    let model = try sequential("{\"class_name\": \"Flatten\", \"config\": {\"dtype\": \(dtype)}}")
    #expect((model.remark != nil) == (name != nil) && model.remark?.contains(name ?? "") != false)
  }

  @Test(arguments: [
    (#""relu""#, "relu"), (#"{"class_name": "ReLU", "config": {"name": "r"}, "module": "keras.layers"}"#, "relu"),
    (#"{"module": "builtins", "class_name": "function", "config": "tanh", "registered_name": "function"}"#, "tanh"),
    (#"{"class_name": "Softmax", "config": {"axis": -1}}"#, "softmax"),
  ]) func activations(form: String, name: String) throws {
    let model = try sequential("{\"class_name\": \"Dense\", \"config\": {\"units\": 2, \"activation\": \(form)}}")
    #expect(model.outputActivation.description == name)
  }

  /// Keras 2 counts axes from the samples'; which one is the last, the shape of the input tells.
  @Test(arguments: ["BatchNormalization", "Softmax"]) func axes(kind: String) throws {
    for (axis, shape, fits) in [
      ("[3]", [4, 4, 2], true), ("3", [4, 4, 2], true), ("[1]", [7], true), ("[-1]", [4, 2], true),
      ("[1]", [4, 4, 2], false),
      ("3", [7], false),
    ] {
      let model = try sequential("{\"class_name\": \"\(kind)\", \"config\": {\"axis\": \(axis)}}")
      #expect(((try? model.shapes(for: Shape(shape))) != nil) == fits, "\(axis) of \(shape)")
    }
    #expect(throws: ConfigurationError.self) {
      try sequential("{\"class_name\": \"\(kind)\", \"config\": {\"axis\": [1, 2]}}")
    }
  }

  /// Keras' `axis=None`: one mean and variance for all channels, here those of two channels with values 0, 2 and 4, 8.
  @Test func oneMeanForAllChannels() throws {
    let model = try sequential(
      #"{"class_name": "Normalization", "config": {"axis": [], "mean": null, "variance": null}}"#)
    let statistics = ChannelStatistics(mean: [1, 6], variance: [1, 4], minimum: [0, 4], maximum: [2, 8])
    let adapted = try #require(model.adapted(to: statistics).layers[0] as? Normalization)
    // NumPy: numpy.mean([0, 2, 4, 8]), numpy.var([0, 2, 4, 8])
    #expect(adapted.mean == [3.5] && adapted.variance == [8.75])
    let graph = try KerasGraph(model.adapted(to: statistics), input: Shape([1, 1, 2]))
    #expect(graph.nodes[0].config["mean"] == .array([.double(3.5), .double(3.5)]))
  }

  /// What would make another model is never to be left out.
  @Test(arguments: [
    ("Conv2D", #""filters": 3, "kernel_size": 1, "groups": 3"#),
    ("Dense", #""units": 3, "activity_regularizer": "l2""#),
    ("Dense", #""units": 3, "kernel_constraint": {"class_name": "MaxNorm", "config": {}}"#),
    ("Flatten", #""data_format": "channels_first""#), ("Dense", #""units": 3, "dtype": "int8_from_float32""#),
    ("BatchNormalization", #""gamma_regularizer": {"class_name": "L2", "config": {"l2": 0.01}}"#),
    ("Dropout", #""rate": 0.5, "noise_shape": [null, 1]"#), ("ReLU", #""max_value": 6, "negative_slope": 0.1"#),
  ]) func settingsThatAreNotSupported(kind: String, settings: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try sequential("{\"class_name\": \"\(kind)\", \"config\": {\(settings)}}")
    }
    #expect(error?.advice != nil && error?.advice?.contains("leave") == false, "\(error as Any)")
  }

  /// Keras 2 knows the shape of the input, and the slope of a leaky ReLU, under its own names; Keras 3 reads those too.
  @Test func writesWhatBothRead() throws {
    let model = ModelDescription(name: "m", layers: [LeakyReLU(negativeSlope: 0.1), Flatten()])
    let json = String(decoding: try JSONEncoder().encode(KerasModel(model, input: Shape([2, 2, 1]))), as: UTF8.self)
    #expect(json.contains("batch_input_shape") && !json.contains("batch_shape") && json.contains("\"alpha\""))
    #expect(!json.contains("negative_slope"))
  }
}
