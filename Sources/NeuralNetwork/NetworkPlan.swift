import OneDNN

/// A network compiled for one batch size: the plans of its layers in order, and of its loss.
final class NetworkPlan {
  let targets: Targets
  private let batch: BatchContext
  private let input: Tensor
  private let layers: [any LayerPlan]
  /// Those with a backward pass, from the last to the first.
  private var learning: [any LayerPlan] = []
  private let loss: (any LossPlan)?
  private let copies = ParameterCopies()
  private let output: Tensor  // after the last activation
  private var outputPass = Pass()

  init(
    _ model: ModelDescription, table: ParameterTable, tensors: ParameterTensors, loss: (any Loss)?, input: Shape,
    batchSize: Int, purpose: Purpose, seed: UInt64, convolution: ConvolutionKernels, on engine: Engine
  ) throws {
    batch = BatchContext(batchSize: batchSize, seed: seed)
    let shapes = [input] + (try model.shapes(for: input))
    try Self.checkMemory(for: model, shapes, batchSize: batchSize)
    self.input = try Tensor(.plain([batchSize, input.channels] + input.spatial), on: engine)
    let endsInLogits = loss?.takesLogits(of: model.outputActivation) ?? false
    var plans: [any LayerPlan] = []
    for (index, layer) in (endsInLogits ? model.layersToLogits() : model.layers).enumerated() {
      let context = PlanContext(
        engine: engine, purpose: purpose, input: plans.last?.output ?? self.input, inputShape: shapes[index],
        outputShape: shapes[index + 1], batchSize: batchSize, batch: batch, layer: index, table: table,
        tensors: tensors, copies: copies, convolution: convolution)
      plans.append(try layer.plan(context))
    }
    layers = plans
    let result = plans.last?.output ?? self.input
    let outputShape = shapes[shapes.count - 1]
    targets = Targets(
      batchSize: batchSize, width: outputShape.elementCount, threshold: loss?.outputThreshold ?? 0.5)
    self.loss = try loss?.plan(
      output: result, shape: outputShape, batchSize: batchSize, purpose: purpose, on: engine)
    let plain = try Tensor(.plain(result.descriptor.dimensions), on: engine)
    try outputPass.copy(result, into: plain, on: engine)
    output =
      try (endsInLogits ? model.outputActivation : .linear).plan(
        after: plain, isFused: false, purpose: .inference, on: engine, appendingTo: &outputPass)?.output ?? plain
    if purpose == .training, let loss = self.loss {
      try planBackward(from: loss.outputGradient, downTo: table.firstLearningLayer ?? plans.count)
    }
  }

  /// Checks that the layers' outputs for a batch can lie in this machine's memory at all.
  private static func checkMemory(for model: ModelDescription, _ shapes: [Shape], batchSize: Int) throws(ShapeError) {
    let memory = MachineMemory.bytes
    let bytes = shapes.map { Double($0.elementCount) * Double(batchSize * MemoryLayout<Float>.stride) }
    guard bytes.reduce(0, +) > memory, let largest = shapes.indices.max(by: { bytes[$0] < bytes[$1] }) else { return }
    var error = ShapeError(
      expected:
        "outputs that fit into this machine's \(MachineMemory.gibibytes(memory)) GiB of memory, in batches of \(batchSize)",
      found: shapes[largest], advice: "use a smaller batch, more virtual shards, or a smaller layer")
    error.layer = largest == 0 ? "the input" : model.place(ofLayer: largest - 1)
    throw error
  }

  /// Nothing is computed below the first layer that learns: nobody would read it.
  private func planBackward(from gradient: Tensor, downTo first: Int) throws {
    var gradient: Tensor? = gradient
    for (index, layer) in layers.enumerated().reversed() where index >= first {
      guard let outputGradient = gradient else { return }
      if index > first, let taker = layer as? any DerivativeTaking, taker.takesDerivative,
        let function = (layers[index - 1] as? any DerivativeGiving)?.giveDerivativeAway()
      {
        taker.take(function)
      }
      gradient = try layer.planBackward(outputGradient, needsInputGradient: index > first)
      learning.append(layer)
    }
  }

  /// Takes another seed for what is drawn at random.
  func restart(seed: UInt64) { batch.seed = seed }

  /// Takes over the samples of a batch.
  func load(_ samples: NetworkBatch, update: Int) {
    precondition(
      samples.images.count == input.floats.count,
      "a batch of \(samples.images.count) values for \(input.floats.count)")
    _ = input.floats.update(fromContentsOf: samples.images)
    batch.load(samples.indices, update: update)
    if loss != nil { targets.load(samples) }
  }

  func forward() throws(OneDNNError) {
    try copies.refresh()
    for layer in layers { try layer.forward() }
  }

  func lossSums() throws(OneDNNError) -> BatchSums { try loss?.forward(targets) ?? BatchSums() }

  func backward() throws(OneDNNError) {
    try loss?.backward(targets)
    for layer in learning { try layer.backward() }
  }

  /// The network's output for the batch, `[N, …]` in Keras' order; runs after ``forward()``.
  func outputs() throws(OneDNNError) -> UnsafeBufferPointer<Float> {
    try outputPass.execute()
    return UnsafeBufferPointer(output.floats)
  }
}
