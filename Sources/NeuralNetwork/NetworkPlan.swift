import OneDNN

/// A network compiled for one batch size: the plans of its layers in order, and of its loss.
final class NetworkPlan {
  let targets: Targets
  let batchSize: Int
  private let input: Tensor
  private let layers: [any LayerPlan]
  private let loss: (any LossPlan)?
  private let copies = ParameterCopies()
  private let output: Tensor  // after the last activation
  private var outputPass = Pass()

  init(
    _ model: ModelDescription, table: ParameterTable, tensors: ParameterTensors, loss: (any Loss)?, input: Shape,
    batchSize: Int, purpose: Purpose, convolution: ConvolutionKernels, on engine: Engine
  ) throws {
    self.batchSize = batchSize
    let shapes = [input] + (try model.shapes(for: input))
    self.input = try Tensor(.plain([batchSize, input.channels] + input.spatial), on: engine)
    var plans: [any LayerPlan] = []
    for (index, layer) in model.layersToLogits().enumerated() {
      let context = PlanContext(
        engine: engine, purpose: purpose, input: plans.last?.output ?? self.input, inputShape: shapes[index],
        outputShape: shapes[index + 1], batchSize: batchSize, layer: index, table: table, tensors: tensors,
        copies: copies, convolution: convolution)
      plans.append(try layer.plan(context))
    }
    layers = plans
    let logits = plans.last?.output ?? self.input
    let outputShape = shapes[shapes.count - 1]
    targets = Targets(batchSize: batchSize, valuesPerSample: outputShape.elementCount)
    self.loss = try loss?.plan(logits: logits, batchSize: batchSize, purpose: purpose, on: engine)
    output = try Tensor(.plain(logits.descriptor.dimensions), on: engine)
    try outputPass.copy(logits, into: output, on: engine)
    _ = try model.outputActivation.plan(
      after: output, isFused: false, purpose: .inference, on: engine, appendingTo: &outputPass)
    if purpose == .training, let loss = self.loss {
      try planBackward(from: loss.logitsGradient, downTo: table.entries.first?.layer ?? plans.count)
    }
  }

  /// Nothing is computed below the first layer with parameters: nobody would read it.
  private func planBackward(from gradient: Tensor, downTo first: Int) throws {
    var gradient: Tensor? = gradient
    for (index, layer) in layers.enumerated().reversed() where index >= first {
      guard let outputGradient = gradient else { return }
      if index > first, let pooling = layer as? PoolingPlan, let linear = layers[index - 1] as? LinearPlan {
        pooling.takeDerivative(from: linear)
      }
      gradient = try layer.planBackward(outputGradient, needsInputGradient: index > first)
    }
  }

  /// Takes over the images of a batch, `[N, height, width, channels]`.
  func load(_ images: UnsafeBufferPointer<Float>) {
    precondition(images.count == input.floats.count, "a batch of \(images.count) values for \(input.floats.count)")
    _ = input.floats.update(fromContentsOf: images)
  }

  func forward() throws(OneDNNError) {
    try copies.refresh()
    for layer in layers { try layer.forward() }
  }

  func lossSums() throws(OneDNNError) -> BatchSums { try loss?.forward(targets) ?? BatchSums() }

  func backward() throws(OneDNNError) {
    try loss?.backward(targets)
    for layer in layers.reversed() { try layer.backward() }
  }

  /// The network's output for the batch, `[N, …]` in Keras' order; runs after ``forward()``.
  func outputs() throws(OneDNNError) -> UnsafeBufferPointer<Float> {
    try outputPass.execute()
    return UnsafeBufferPointer(output.floats)
  }
}
