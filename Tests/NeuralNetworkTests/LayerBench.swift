import FoundationEssentials
import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

/// One layer, compiled, with random input, parameters and output gradient.
final class LayerBench {
  let plan: any LayerPlan
  let input: Tensor
  let inputGradient: Tensor?
  let table: ParameterTable
  let values: Slab
  let gradients: Slab
  private let tensors: ParameterTensors
  private let copies = ParameterCopies()
  private let engine: Engine
  private let outputGradient: Tensor
  /// Of the objective, in plain layout.
  var weights: [Float]

  init(
    _ example: LayerExample, batchSize: Int, purpose: Purpose = .training, needsInputGradient: Bool = true,
    convolution: ConvolutionKernels = .automatic
  ) throws {
    engine = try Engine()
    let output = try example.layer.outputShape(for: example.input)
    table = ParameterTable([("layer", example.layer.parameters(for: example.input))])
    values = Slab(count: table.slabCount)
    gradients = Slab(count: table.slabCount)
    tensors = ParameterTensors(values: values, gradients: gradients, on: engine)
    var stream = RandomStream(seed: 11, purpose: .sampling)
    for entry in table.entries {
      for index in entry.range { values.floats[index] = stream.uniform(-0.5, 0.5) }
    }
    input = try Tensor(.plain([batchSize, example.input.channels] + example.input.spatial), on: engine)
    for index in input.floats.indices { input.floats[index] = stream.uniform(-1, 1) }
    let context = PlanContext(
      engine: engine, purpose: purpose, input: input, inputShape: example.input, outputShape: output,
      batchSize: batchSize, batch: BatchContext(batchSize: batchSize, seed: 3), layer: 0, table: table,
      tensors: tensors, copies: copies, convolution: convolution)
    plan = try example.layer.plan(context)
    weights = (0..<batchSize * output.elementCount).map { _ in stream.uniform(-1, 1) }
    outputGradient = try Tensor(.plain(plan.output.descriptor.dimensions), on: engine)
    inputGradient =
      purpose == .training ? try plan.planBackward(outputGradient, needsInputGradient: needsInputGradient) : nil
  }

  func run() throws {
    _ = outputGradient.floats.update(from: weights)
    tensors.valuesChanged()
    try copies.refresh()
    try plan.forward()
  }

  /// Lets backward passes write the gradients of the parameters to another slab.
  func moveGradients(to slab: Slab) throws { try tensors.moveGradients(to: slab.floats) }

  /// The function of the output whose gradient is known: `Σ weights · output`.
  func objective() throws -> Double {
    try run()
    let output = try plainValues(plan.output, like: nil)
    return zip(weights, output).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  /// The tensor's values in plain order.
  func plainValues(_ tensor: Tensor, like other: Tensor?) throws -> [Float] {
    var pass = Pass()
    let plain = try pass.reorder(
      tensor, to: other?.descriptor ?? .plain(tensor.descriptor.dimensions), on: engine)
    try pass.execute()
    return Array(plain.floats)
  }
}

extension JSONEncoder {
  static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return encoder
  }
}
