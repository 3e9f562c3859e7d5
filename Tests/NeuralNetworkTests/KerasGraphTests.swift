import Foundation
import Testing

@testable import NeuralNetwork

/// How models are written that Keras has no list of layers for.
@Suite struct KerasGraphTests {
  private let model = ModelDescription(
    name: "graph",
    layers: [
      Conv2D(filters: 4, kernelSize: (3, 3), padding: .full),
      Residual(
        [Conv2D(filters: 6, kernelSize: (3, 3), padding: .same), BatchNormalization(), ReLU()],
        shortcut: [Conv2D(filters: 6, kernelSize: (1, 1))]),
      Branches([
        [Conv2D(filters: 3, kernelSize: (1, 1))],
        [AveragePooling2D(poolSize: (3, 3), strides: (1, 1), padding: .same), Residual([Sigmoid()])], [],
      ]),
      Flatten(), Dense(units: 2),
    ])

  /// The names of `keras.models.load_model(…).layers` for this model's checkpoint: Keras 3.15.1 said them.
  @Test func layersAreInKerasOrder() throws {
    let names = try KerasGraph(model, input: Shape([4, 4, 1])).nodes.map(\.name)
    #expect(
      names == [
        "conv2d_padding", "conv2d", "residual_layers_conv2d", "residual_layers_batch_normalization",
        "residual_shortcut_conv2d", "residual_layers_re_lu", "residual", "branches_1_average_pooling2d",
        "branches_1_residual_layers_sigmoid", "branches_0_conv2d", "branches_1_residual", "branches", "flatten",
        "dense",
      ])
  }

  /// The weights of Keras' own residual network, layer by layer: `Golden/make_summaries.py` wrote them.
  @Test func residualNetworkIsKeras() throws {
    struct Layer: Codable, Equatable {
      let `class`: String
      let weights: [[Int]]
    }
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/resnet50_weights.json")
    let expected = try JSONDecoder().decode([Layer].self, from: Data(contentsOf: file))
    let model = CourseModels.resNet50
    let table = try model.description.parameterTable(for: model.input)
    let found = try KerasGraph(model.description, input: model.input).nodes.filter { !$0.weights.isEmpty }.map { node in
      Layer(
        class: node.className,
        weights: node.weights.compactMap { table.index(of: $0).map { table.entries[$0].specification.shape } })
    }
    #expect(found == expected)
  }

  /// Nested layers are named after their block in Keras; no two may get one name.
  @Test(arguments: [
    #"[{"Residual": {"name": "r", "layers": [{"Dense": {"name": "c", "units": 4}}]}}, {"Dense": {"name": "r_layers_c", "units": 4}}]"#,
    #"[{"Residual": {"layers": [{"Dense": {"name": "a/b", "units": 4}}]}}]"#,
    #"[{"Residual": {"layers": [{"Dense": {"name": ".", "units": 4}}]}}]"#,
    #"[{"Dense": {"name": "input_layer", "units": 4}}]"#,
    // Scalars count: with an accent a slash is another character.
    #"[{"Dense": {"name": "a/\u0301", "units": 4}}]"#, #"[{"Dense": {"name": "\u0000\u0301", "units": 4}}]"#,
    #"{"name": "a/\u0301", "layers": [{"Dense": {"units": 4}}]}"#,
  ])
  func namesThatKerasCannotHave(json: String) throws {
    #expect(throws: ConfigurationError.self) {
      let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8))
      _ = try KerasGraph(value.decode(ModelDescription.self), input: Shape([4]))
    }
  }

  /// Keras 3.15.1 says "`strides > 1` not supported in conjunction with `dilation_rate > 1`", and takes the others.
  @Test(arguments: [
    (#"{"Conv2D": {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2}}"#, false),
    (#"{"Conv2D": {"filters": 2, "kernel_size": 2, "strides": [2, 1], "dilation_rate": [1, 2]}}"#, false),
    (#"{"Conv2D": {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2, "padding": "full"}}"#, false),
    (
      #"{"Residual": {"layers": [{"Conv2D": {"filters": 3, "kernel_size": 1, "strides": 2, "dilation_rate": 2}}], "shortcut": [{"Conv2D": {"filters": 3, "kernel_size": 1, "strides": 2}}]}}"#,
      false
    ),
    (#"{"Conv2D": {"filters": 2, "kernel_size": 2, "strides": 2}}"#, true),
    (#"{"Conv2D": {"filters": 2, "kernel_size": 2, "dilation_rate": 2}}"#, true),
    (#"{"DepthwiseConv2D": {"kernel_size": 2, "strides": 2, "dilation_rate": 2}}"#, true),
  ])
  func stridesAndDilation(json: String, isTaken: Bool) throws {
    let model = try JSONDecoder().decode(ModelDescription.self, from: Data("[\(json)]".utf8))
    let graph = try KerasGraph(model, input: Shape([8, 8, 3]))
    if isTaken {
      try graph.check()
    } else {
      let error = #expect(throws: ConfigurationError.self) { try graph.check() }
      #expect(error?.description.contains("strides [2") == true, "\(String(describing: error))")
    }
  }

  /// A constant beyond the edge is added to zeros, so that the image keeps its last digits: Keras computes `0 + c` there,
  /// and `x + (1 * -c + c)` inside.
  @Test func constantPaddingIsExact() throws {
    let layer = Conv2D(filters: 2, kernelSize: (3, 3), padding: .same, paddingMode: .constant(-1e9))
    let nodes = try KerasGraph(ModelDescription(name: "m", layers: [layer]), input: Shape([5, 5, 1])).nodes
    let chain = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0) })
    func config(_ name: String, _ key: String) -> ConfigurationValue? { chain[name]?.config[key] }
    #expect(config("conv2d_ones", "scale") == .double(0) && config("conv2d_ones", "offset") == .double(1))
    #expect(config("conv2d_outside", "scale") == .double(1e9) && config("conv2d_outside", "offset") == .double(-1e9))
    #expect(config("conv2d_inside", "padding") == config("conv2d_padding", "padding"))
    #expect(chain["conv2d_padded"]?.className == "Add")
    #expect(chain["conv2d_padded"]?.inputs == ["conv2d_padding", "conv2d_outside"])
    #expect(throws: ConfigurationError.self) {
      try JSONDecoder().decode(
        ModelDescription.self,
        from: Data(
          #"[{"Conv2D": {"filters": 1, "kernel_size": 3, "padding_mode": "constant", "padding_value": 1e39}}]"#.utf8))
    }
  }

  /// `trainable: false` of a nested layer reaches the parameters, the files and Keras.
  @Test func nestedLayersCanBeFrozen() throws {
    let json = #"""
      [{"Residual": {"layers": [{"Dense": {"units": 4, "trainable": false}}, {"Dense": {"units": 4}}]}}]
      """#
    let model = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8)).decode(ModelDescription.self)
    let again = try JSONDecoder().decode(ModelDescription.self, from: JSONEncoder().encode(model))
    for model in [model, again, model.withPenalties()] {
      let table = try model.parameterTable(for: Shape([4]))
      #expect(table.trainable.map(\.specification.name) == ["layers/dense_1/kernel", "layers/dense_1/bias"])
      let nodes = try KerasGraph(model, input: Shape([4])).nodes
      #expect(nodes.map { $0.config["trainable"] == .bool(false) } == [true, false, false])
    }
  }

  /// Every parameter is a weight of one layer, once.
  @Test func everyParameterIsAWeight() throws {
    for model in [model] + CourseModels.all.map(\.description) {
      let input = CourseModels.all.first { $0.description.name == model.name }?.input ?? Shape([4, 4, 1])
      let table = try model.parameterTable(for: input)
      let weights = try KerasGraph(model, input: input).nodes.flatMap(\.weights)
      #expect(weights.compactMap { table.index(of: $0) }.sorted() == Array(table.entries.indices), "\(model.name)")
    }
  }

  /// A list of Keras' own layers stays one.
  @Test func listsStaySequential() throws {
    for name in ["digits", "mnist", "vgg16", "lenet5", "byhand-cnn"] {
      let model = try CourseModels.model(named: name)
      #expect(try KerasGraph(model.description, input: model.input).isSequential, "\(name)")
    }
    #expect(try !KerasGraph(model, input: Shape([4, 4, 1])).isSequential)
  }
}
