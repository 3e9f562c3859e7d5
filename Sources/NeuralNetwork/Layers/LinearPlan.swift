import OneDNN

/// The plan of a layer that is linear in input and kernel, with a bias and an activation: `Conv2D`, `Dense`.
final class LinearPlan: LayerPlan, DerivativeGiving {
  let output: Tensor
  private let operation: any LinearOperation
  private let context: PlanContext
  private let plainKernel: MemoryDescriptor
  private let activation: ActivationPlan?
  private let source: Tensor
  private var appliesDerivative = true
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  /// - Parameters:
  ///   - operation: planned with the activation's fused function, if it has one.
  ///   - plainKernel: the kernel as the slab holds it.
  init(
    _ operation: any LinearOperation, plainKernel: MemoryDescriptor, activation: Activation, _ context: PlanContext
  ) throws {
    self.operation = operation
    self.context = context
    self.plainKernel = plainKernel
    let forward = operation.forward
    source = try forwardPass.reorder(context.input, to: forward.source, on: context.engine)
    let kernel = try context.parameter("kernel", plain: plainKernel, in: forward.kernel)
    let bias = try forward.bias.map { try context.parameter("bias", plain: $0, in: $0) }
    let result = try Tensor(forward.destination, on: context.engine)
    try forwardPass.append(forward.call(source: source, kernel: kernel, bias: bias, destination: result))
    self.activation = try activation.plan(
      after: result, isFused: true, purpose: context.purpose, on: context.engine, appendingTo: &forwardPass)
    output = self.activation?.output ?? result
  }

  func giveDerivativeAway() -> ElementwiseFunction? {
    guard case .elementwise(let function) = activation?.kind, function.isDerivedFromResult else { return nil }
    appliesDerivative = false
    return function
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    let engine = context.engine
    let resultGradient =
      try appliesDerivative
      ? activation?.planBackward(outputGradient, on: engine, appendingTo: &backwardPass) ?? outputGradient
      : outputGradient

    // What is frozen needs no gradient; its place in the slab is never read.
    let used = try context.isFrozen("kernel") ? resultGradient : planBackwardWeights(resultGradient)

    guard needsInputGradient else { return nil }
    let data = try operation.backwardData()
    let inputGradient = try Tensor(data.sourceGradient, on: engine)
    try backwardPass.append(
      data.call(
        destinationGradient: used.descriptor == data.destinationGradient
          ? used : backwardPass.reorder(resultGradient, to: data.destinationGradient, on: engine),
        kernel: context.parameter("kernel", plain: plainKernel, in: data.kernel), sourceGradient: inputGradient))
    return inputGradient
  }

  /// Plans the gradients of kernel and bias; returns the result's gradient in the layout that they are computed from.
  private func planBackwardWeights(_ resultGradient: Tensor) throws -> Tensor {
    let engine = context.engine
    let weights = try operation.backwardWeights()
    let source =
      try source.descriptor == weights.source
      ? source : backwardPass.reorder(context.input, to: weights.source, on: engine)
    let gradient = try backwardPass.reorder(resultGradient, to: weights.destinationGradient, on: engine)
    let plainGradient = try context.gradient("kernel", plain: plainKernel)
    let kernelGradient =
      weights.kernelGradient == plainKernel ? plainGradient : try Tensor(weights.kernelGradient, on: engine)
    try backwardPass.append(
      weights.call(
        source: source, destinationGradient: gradient, kernelGradient: kernelGradient,
        biasGradient: operation.forward.bias.map { try context.gradient("bias", plain: $0) }))
    try backwardPass.copy(kernelGradient, into: plainGradient, on: engine)
    return gradient
  }

  func forward() throws(OneDNNError) { try forwardPass.execute() }
  func backward() throws(OneDNNError) { try backwardPass.execute() }
}
