import OneDNN

/// A network that can be trained: plans in order, over slabs of parameters, gradients and optimizer state.
///
/// A step on one micro-batch is ``load(_:update:for:)``, ``forward()``, ``backward(into:)``; once the gradients of all
/// micro-batches are summed, ``average(sum:count:)`` and ``update(learningRate:updates:)``. Plans are made once for
/// each batch size and kept.
///
/// Belongs to the thread that made its engine.
public final class Network {
  /// The layers.
  public private(set) var model: ModelDescription
  /// The shape of one sample.
  public let inputShape: Shape
  /// The shape of the output for one sample.
  public let outputShape: Shape
  /// Where each parameter lies in the slabs.
  public private(set) var table: ParameterTable
  /// The values of all parameters; whoever changes them calls ``parametersChanged()``.
  public let parameters: Slab
  /// The mean gradients with penalties, as ``average(sum:count:)`` leaves them; ``update(learningRate:updates:)`` clips them.
  public let gradients: Slab
  /// The optimizer's slabs, by the names it gives them.
  public private(set) var slots: [(name: String, slab: Slab)] = []

  private let loss: (any Loss)?
  private var seed: UInt64
  private var optimizer: (any Optimizer)?
  private var optimizerSlabs: OptimizerSlabs?
  private let convolution: ConvolutionKernels
  private let engine: Engine
  private let tensors: ParameterTensors
  private var plans: [PlanKey: NetworkPlan] = [:]
  private var current: NetworkPlan?

  private struct PlanKey: Hashable {
    let batchSize: Int
    let purpose: Purpose
  }

  /// Lays out the parameters of `model` for samples of shape `input`; all are zero.
  ///
  /// - Parameters:
  ///   - loss: what training makes small; nil for a network that is only asked for outputs.
  ///   - optimizer: what updates the parameters; nil for a network that is not trained.
  ///   - targets: what the samples should yield, if that is known.
  ///   - seed: what layers that draw at random follow.
  ///   - convolution: which algorithms convolutions may choose; decides the bits.
  /// - Throws: ``ShapeError`` or ``ConfigurationError`` if layers, input and loss do not fit.
  public init(
    _ model: ModelDescription, input: Shape, loss: (any Loss)?, optimizer: (any Optimizer)? = nil,
    targets: TargetKind? = nil, seed: UInt64 = 0, convolution: ConvolutionKernels = .automatic, on engine: Engine
  ) throws {
    self.model = model.withPenalties()
    inputShape = input
    outputShape = try model.shapes(for: input).last ?? input
    table = try self.model.parameterTable(for: input)
    try Self.check(loss, model, output: outputShape, targets)
    try Self.checkMemory(for: table, slabs: optimizer.map { 6 + $0.slots.count } ?? 2)
    parameters = Slab(count: table.slabCount)
    gradients = Slab(count: optimizer == nil ? 0 : table.learningSlabCount)
    tensors = ParameterTensors(values: parameters, gradients: gradients, on: engine)
    self.loss = loss
    self.seed = seed
    self.convolution = convolution
    self.engine = engine
    if let optimizer { use(optimizer) }
  }

  /// Begins another training with what is compiled: other penalties and initializers, another optimizer, another seed.
  ///
  /// The values of all parameters must be set anew.
  ///
  /// - Parameter model: has the same layers but for what plans do not depend on.
  func restart(_ model: ModelDescription, optimizer: any Optimizer, seed: UInt64) throws {
    let other = model.withPenalties()
    let table = try other.parameterTable(for: inputShape)
    precondition(table.entries.map(\.range) == self.table.entries.map(\.range), "a network of the same layers")
    self.model = other
    self.table = table
    self.seed = seed
    for plan in plans.values { plan.restart(seed: seed) }
    use(optimizer)
  }

  private func use(_ optimizer: any Optimizer) {
    let slabs = OptimizerSlabs(
      parameters: Slab(first: table.trainableSlabCount, of: parameters),
      gradients: Slab(first: table.trainableSlabCount, of: gradients), table: table, for: optimizer)
    slots = Array(zip(optimizer.slots.map(\.name), slabs.slots))
    optimizerSlabs = slabs
    self.optimizer = optimizer
  }

  /// Checks that outputs and loss fit what samples should yield.
  ///
  /// - Throws: ``ConfigurationError`` that says what would fit.
  public func check(targets: TargetKind) throws(ConfigurationError) {
    try Self.check(loss, model, output: outputShape, targets)
  }

  /// Checks that the slabs can lie in this machine's memory at all.
  ///
  /// - Parameter slabs: parameters, gradients, the optimizer's, copies in other layouts, and partial sums of shards.
  private static func checkMemory(for table: ParameterTable, slabs: Int) throws(ConfigurationError) {
    let needed = Double(table.slabCount) * Double(MemoryLayout<Float>.stride * slabs)
    guard needed > MachineMemory.bytes else { return }
    throw ConfigurationError(
      "the model has \(table.parameterCount) parameters and takes about \(MachineMemory.gibibytes(needed)) GiB, this "
        + "machine has \(MachineMemory.gibibytes(MachineMemory.bytes))", at: "model",
      advice: "use fewer filters or units")
  }

  private static func check(
    _ loss: (any Loss)?, _ model: ModelDescription, output: Shape, _ targets: TargetKind?
  ) throws(ConfigurationError) {
    do {
      try loss?.check(output: output, activation: model.outputActivation, targets: targets)
    } catch {
      var error = error
      error.place += ", after the last layer, \(model.layers.last?.name ?? "")"
      throw error
    }
  }

  /// Creates the primitives for batches of that size, so that no step has to.
  public func prepare(batchSize: Int, for purpose: Purpose) throws {
    let key = PlanKey(batchSize: batchSize, purpose: purpose)
    guard batchSize > 0, plans[key] == nil else { return }
    plans[key] = try NetworkPlan(
      model, table: table, tensors: tensors, loss: loss, input: inputShape, batchSize: batchSize, purpose: purpose,
      seed: seed, convolution: convolution, on: engine)
  }

  /// Tells the plans that values of ``parameters`` were changed from outside.
  public func parametersChanged() { tensors.valuesChanged() }

  /// Takes over a batch.
  ///
  /// - Parameter update: the number of updates made before, for layers that draw at random.
  /// - Throws: what compiling a plan throws, if this is the first batch of its size.
  public func load(_ batch: NetworkBatch, update: Int = 0, for purpose: Purpose = .training) throws {
    let key = PlanKey(batchSize: batch.count, purpose: purpose)
    if plans[key] == nil { try prepare(batchSize: batch.count, for: purpose) }
    current = plans[key]
    current?.load(batch, update: update)
  }

  /// Computes the output for the batch and returns the sums of losses and hits.
  public func forward() throws(OneDNNError) -> BatchSums {
    guard let current else { return BatchSums() }
    try current.forward()
    return try current.lossSums()
  }

  /// Computes the gradients for the batch, summed over its samples, into `memory`, laid out as the slabs are.
  public func backward(into memory: UnsafeMutableBufferPointer<Float>) throws(OneDNNError) {
    try tensors.moveGradients(to: memory)
    try current?.backward()
  }

  /// The network's output for the batch, after its last activation: `[N, …]`; valid until the next batch.
  public func outputs() throws(OneDNNError) -> UnsafeBufferPointer<Float> {
    try current?.outputs() ?? UnsafeBufferPointer(start: nil, count: 0)
  }

  /// What the batch should yield; valid until the next batch.
  public var targets: Targets? { current?.targets }

  /// Turns summed gradients into ``gradients``: divides by the number of samples and adds those of the penalties.
  ///
  /// - Returns: the penalties of the present parameters, to be added to the mean loss (Keras' convention), and whether all
  ///   of the sum is finite.
  public func average(sum: UnsafeBufferPointer<Float>, count: Int) -> (penalty: Double, isFinite: Bool) {
    let isFinite = scale(sum, by: 1 / Float(max(count, 1)), into: gradients)
    for entry in table.trainable {
      entry.specification.regularizer?.addGradient(of: parameters, in: entry.range, to: gradients)
    }
    return (penalty(), isFinite)
  }

  /// The penalties of the present parameters.
  public func penalty() -> Double {
    table.trainable.reduce(0) { $0 + ($1.specification.regularizer?.penalty(of: parameters, in: $1.range) ?? 0) }
  }

  /// Clips ``gradients`` if the optimizer wants it, and lets it update the parameters from them; moves running means.
  ///
  /// - Parameters:
  ///   - learningRate: the step size of this update.
  ///   - updates: the number of updates made before.
  public func update(learningRate: Double, updates: Int) {
    if let optimizer, let optimizerSlabs {
      optimizer.clipping?.apply(to: optimizerSlabs.gradients, table)
      optimizer.update(optimizerSlabs, learningRate: Float(learningRate), update: updates)
    }
    for entry in table.entries {
      guard case .runningMean(let momentum) = entry.specification.role else { continue }
      follow(gradients, parameters, in: entry.range, momentum: momentum)
    }
    tensors.valuesChanged()
  }
}

/// Moves running means towards the means of a step.
private func follow(_ means: Slab, _ running: Slab, in range: Range<Int>, momentum: Double) {
  let (kept, added) = (Float(momentum), Float(1 - momentum))
  var values = running.floats.mutableSpan
  let means = UnsafeBufferPointer(means.floats).span
  for index in range { values[index] = values[index] * kept + means[index] * added }
}

/// Multiplies numbers by `factor`, and says whether all of them are finite: in one pass over the memory.
private func scale(_ source: UnsafeBufferPointer<Float>, by factor: Float, into slab: Slab) -> Bool {
  precondition(source.count == slab.floats.count, "sums and gradients of one length")
  let source = source.span
  var destination = slab.floats.mutableSpan
  var found: UInt32 = 0
  for index in 0..<source.count {
    let value = source[unchecked: index]
    destination[unchecked: index] = value * factor
    // An exponent of all ones is infinity or no number; comparing bits is what a vector can do.
    found |= value.bitPattern & exponentBits == exponentBits ? 1 : 0
  }
  return found == 0
}

private let exponentBits: UInt32 = 0x7F80_0000
