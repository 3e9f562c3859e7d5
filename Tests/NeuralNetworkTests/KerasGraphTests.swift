import FoundationEssentials
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
        "residual_layers_re_lu", "residual_shortcut_conv2d", "residual", "branches_1_average_pooling2d",
        "branches_1_residual_layers_sigmoid", "branches_0_conv2d", "branches_1_residual", "branches", "flatten",
        "dense",
      ])
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
