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
  ])
  func namesThatKerasCannotHave(json: String) throws {
    #expect(throws: ConfigurationError.self) {
      let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8))
      _ = try KerasGraph(value.decode(ModelDescription.self), input: Shape([4]))
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
