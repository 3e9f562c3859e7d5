import Foundation
import HDF5
import NeuralNetwork
import OneDNN
import Testing

@testable import Training

/// Files that Keras has written; `Golden/make_keras_files.py` made them.
@Suite struct InitialWeightsTests {
  private func golden(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)").path(percentEncoded: false)
  }

  /// What Keras' own network puts out, and ours with its weights: they sum in another order, so they differ by 1e-6.
  private func expectKerasOutputs(_ network: Network, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = try File(opening: golden("keras_chain_outputs.h5"))
    let images: [Float] = try file.dataset(at: "x").values()
    let expected: [Float] = try file.dataset(at: "outputs").values()
    let outputs = try images.withUnsafeBufferPointer { images in
      try network.load(NetworkBatch(count: 4, images: images), for: .inference)
      _ = try network.forward()
      return try Array(network.outputs())
    }
    #expect(outputs.count == expected.count, sourceLocation: sourceLocation)
    let difference = zip(outputs, expected).map { abs($0 - $1) }.max() ?? 1
    #expect(difference < 1e-6, sourceLocation: sourceLocation)
  }

  private func network(_ model: ModelDescription, seed: UInt64 = 9) throws -> Network {
    let network = try Network(model, input: Shape([6, 6, 2]), loss: nil, on: Engine())
    network.table.initialize(network.parameters, seed: seed)
    network.parametersChanged()
    return network
  }

  /// A `Functional` model that is a chain is a list of layers; its weights are read by their order.
  @Test(arguments: ["keras_chain.h5", "keras_chain.weights.h5", "keras_chain_weights_only.h5"])
  func filesOfKeras(name: String) throws {
    let model = try ModelSource(nameOrFile: golden("keras_chain.h5")).description()
    #expect(model.layers.map { type(of: $0).kind }.first == "Conv2D" && model.inputShape == Shape([6, 6, 2]))
    let network = try network(model)
    let counts = try InitialWeights.read(golden(name), into: network)
    #expect(counts == .init(filled: 5, layers: 5, found: 5) && counts.remark == nil)
    network.parametersChanged()
    try expectKerasOutputs(network)
  }

  /// Transfer learning: more layers on those of the file, which stay as they were drawn; or only the first of them.
  @Test(arguments: ["keras_chain.h5", "keras_chain.weights.h5"]) func moreOrFewerLayers(name: String) throws {
    let layers = try ModelSource(nameOrFile: golden("keras_chain.h5")).description().layers
    let longer = try network(ModelDescription(name: "longer", layers: layers + [Dense(units: 7).named("top")]))
    let before = Array(longer.parameters.floats)
    let outcome = try InitialWeights.read(golden(name), into: longer)
    #expect(outcome == .init(filled: 5, layers: 6, found: 5))
    #expect(outcome.remark == "it has 5 layers with weights, the model 6: the first 5 start from the file")
    for entry in longer.table.entries {
      let isUntouched = Array(longer.parameters.floats.extracting(entry.range)) == Array(before[entry.range])
      #expect(isUntouched == (entry.layerName == "top"))
    }
    let shorter = try network(ModelDescription(name: "shorter", layers: Array(layers.prefix(3))))
    #expect(try InitialWeights.read(golden(name), into: shorter) == .init(filled: 2, layers: 2, found: 5))
  }

  /// A top for other classes on the layers of the file: what fits is taken, the rest stays as it was drawn, and is named.
  @Test func anotherTop() throws {
    let layers = try ModelSource(nameOrFile: golden("keras_chain.h5")).description().layers
    let other = try network(ModelDescription(name: "other", layers: layers.dropLast() + [Dense(units: 7)]))
    let before = Array(other.parameters.floats)
    let outcome = try InitialWeights.read(golden("keras_chain.h5"), into: other)
    #expect(outcome.filled == 4)
    #expect(outcome.remark?.contains("[[5, 3], [3]], expected [[5, 7], [7]] for dense") == true, "\(outcome)")
    for entry in other.table.entries {
      let isUntouched = Array(other.parameters.floats.extracting(entry.range)) == Array(before[entry.range])
      #expect(isUntouched == (entry.layerName == "dense"))
    }
  }

  @Test func shapesThatDoNotFit() throws {
    let model = ModelDescription(name: "new", layers: [Conv2D(filters: 3, kernelSize: (2, 2)), Flatten()])
    let error = #expect(throws: InitialWeightsError.self) {
      try InitialWeights.read(golden("keras_chain.h5"), into: network(model))
    }
    let message = error?.description ?? ""
    for words in ["keras_chain.h5", "[3, 3, 2, 3]", "[2, 2, 2, 3]", "conv2d (Conv2D)"] {
      #expect(message.contains(words), "\(message)")
    }
  }

  @Test func noWeights() throws {
    let model = ModelDescription(name: "new", layers: [Flatten(), Dense(units: 2)])
    #expect(throws: InitialWeightsError.self) {
      try InitialWeights.read(golden("keras_chain_outputs.h5"), into: network(model))
    }
    #expect(throws: FileReadError.self) { try InitialWeights.read("nowhere.h5", into: network(model)) }
  }

  /// A graph is not a list of layers.
  @Test func modelsThatAreNoChains() throws {
    let json = #"""
      {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "i", "config": {"batch_shape": [null, 4]}, "inbound_nodes": []},
        {"class_name": "Dense", "name": "a", "config": {"units": 4}, "inbound_nodes": [[["i", 0, 0, {}]]]},
        {"class_name": "Add", "name": "b", "config": {}, "inbound_nodes": [[["a", 0, 0, {}], ["i", 0, 0, {}]]]}]}}
      """#
    let error = #expect(throws: ConfigurationError.self) { try ModelSource.parse(json: json, from: "m.json") }
    #expect(error?.description.contains("'b' takes the output of a, i, expected a") == true, "\(error as Any)")
  }
}
