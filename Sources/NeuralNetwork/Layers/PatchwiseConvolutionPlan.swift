import OneDNN

/// The plan of a convolution with a short kernel over few channels: one matrix product of all patches, by ``PatchwiseRule``.
///
/// A *patch* is what lies under the kernel at one position of the output, with a 1 behind it for the bias. With a row for each
/// sample and position,
///
///     y = patches · [kernel; bias]        kernel: [taps · input channels, filters], as the slab has it
///     [dkernel; dbias] = patchesᵀ · dy
///     dpatches = dy · kernelᵀ             added up where patches overlap
///
/// (known as im2col; Chellapilla, Puri and Simard, 2006). Everything is summed in one order.
final class PatchwiseConvolutionPlan: LayerPlan, DerivativeGiving {
  let output: Tensor
  private let context: PlanContext
  private let kernel: UnsafeMutableBufferPointer<Float>
  private let bias: UnsafeMutableBufferPointer<Float>?
  private let input: Tensor
  private let result: Tensor  // before the activation
  private let patches: Patches
  /// Kernel and bias in one matrix, and its gradient.
  private let weights: Slab
  private let weightsGradient: Slab
  private let activation: ActivationPlan?
  private var appliesDerivative = true
  private var resultGradient: Tensor?
  private var inputGradient: Tensor?
  private var kernelGradient: Tensor?
  private var biasGradient: Tensor?
  private var inputPass = Pass()
  private var activationPass = Pass()
  private var backwardPass = Pass()

  init(_ settings: ConvolutionSettings, _ context: PlanContext) throws {
    self.context = context
    let engine = context.engine
    patches = Patches(
      KernelTap.all(
        of: settings.kernelSize, try settings.window.slide(over: context.inputShape).geometry,
        input: context.inputShape.spatial, output: context.outputShape.spatial),
      input: context.inputShape, output: context.outputShape, samples: context.batchSize, hasOne: settings.useBias)
    let kernelVector = try MemoryDescriptor(
      [settings.kernelSize.reduce(settings.filters, *) * context.inputShape.channels], .vector)
    let biasVector = try MemoryDescriptor([settings.filters], .vector)
    kernel = try context.parameter("kernel", plain: kernelVector, in: kernelVector).floats
    bias = settings.useBias ? try context.parameter("bias", plain: biasVector, in: biasVector).floats : nil
    weights = Slab(count: patches.width * settings.filters)
    weightsGradient = Slab(count: weights.floats.count)
    input = try inputPass.reorder(context.input, to: .plain(context.dimensions(of: context.inputShape)), on: engine)
    result = try Tensor(.plain(context.dimensions(of: context.outputShape)), on: engine)
    activation = try settings.activation.plan(
      after: result, isFused: false, purpose: context.purpose, on: engine, appendingTo: &activationPass)
    output = activation?.output ?? result
  }

  func giveDerivativeAway() -> ElementwiseFunction? {
    guard case .elementwise(let function) = activation?.kind, function.isDerivedFromResult else { return nil }
    appliesDerivative = false
    return function
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    let engine = context.engine
    let gradient =
      try appliesDerivative
      ? activation?.planBackward(outputGradient, on: engine, appendingTo: &backwardPass) ?? outputGradient
      : outputGradient
    resultGradient = try backwardPass.reorder(gradient, to: result.descriptor, on: engine)
    // What is frozen needs no gradient; its place in the slab is never read.
    if !context.isFrozen("kernel") {
      kernelGradient = try context.gradient("kernel", plain: MemoryDescriptor([kernel.count], .vector))
      biasGradient = try bias.map { try context.gradient("bias", plain: MemoryDescriptor([$0.count], .vector)) }
    }
    if needsInputGradient {
      inputGradient = try Tensor(input.descriptor, on: engine)
      patches.makeRoomForGradient()
    }
    return inputGradient
  }

  func forward() throws(OneDNNError) {
    try inputPass.execute()
    patches.gather(from: input.floats)
    _ = weights.floats.update(fromContentsOf: kernel)
    if let bias { _ = weights.floats.extracting(kernel.count...).update(fromContentsOf: bias) }
    try context.engine.multiply(patches.matrix, matrix(weights, rows: patches.width), into: start(of: result.floats))
    try activationPass.execute()
  }

  func backward() throws(OneDNNError) {
    try backwardPass.execute()
    guard let resultGradient else { return }
    let rows = MatrixView(
      start(of: resultGradient.floats), rows: patches.count, columns: context.outputShape.channels)
    if let kernelGradient {
      try context.engine.multiply(patches.matrix.transposed, rows, into: start(of: weightsGradient.floats))
      _ = kernelGradient.floats.update(fromContentsOf: weightsGradient.floats.extracting(..<kernel.count))
      _ = biasGradient?.floats.update(fromContentsOf: weightsGradient.floats.extracting(kernel.count...))
    }
    if let inputGradient, let place = patches.gradientStart {
      let transposed = matrix(weights, rows: kernel.count / context.outputShape.channels).transposed
      try context.engine.multiply(rows, transposed, into: place)
      patches.scatter(to: inputGradient.floats)
    }
  }

  private func matrix(_ slab: Slab, rows: Int) -> MatrixView {
    MatrixView(start(of: slab.floats), rows: rows, columns: context.outputShape.channels)
  }
}

/// The patches of a batch: a row for each sample and position of the output.
private final class Patches {
  /// The rows.
  let count: Int
  /// The values of a row: those under the kernel, and the 1 for the bias.
  let width: Int
  private let samples: Int
  private let valuesPerSample: Int
  /// Where each value of a sample's patches is in the sample; -1 for padding, and for the 1.
  private let sources: [Int32]
  private let values: Slab
  private let patchLength: Int
  private var gradient: Slab?

  init(_ taps: [KernelTap], input: Shape, output: Shape, samples: Int, hasOne: Bool) {
    let positions = output.spatial.reduce(1, *)
    patchLength = taps.count * input.channels
    width = patchLength + (hasOne ? 1 : 0)
    count = samples * positions
    self.samples = samples
    valuesPerSample = input.elementCount
    var sources = [Int32](repeating: -1, count: positions * width)
    for (number, tap) in taps.enumerated() {
      for (from, to) in zip(tap.inputs, tap.outputs) {
        for channel in 0..<input.channels {
          sources[to * width + number * input.channels + channel] = Int32(from * input.channels + channel)
        }
      }
    }
    self.sources = sources
    values = Slab(count: count * width)
    // Padding stays 0 and the last column 1.
    if hasOne { for row in 0..<count { values.floats[row * width + patchLength] = 1 } }
  }

  var matrix: MatrixView { MatrixView(start(of: values.floats), rows: count, columns: width) }

  func gather(from images: UnsafeMutableBufferPointer<Float>) {
    let perSample = sources.count
    sources.withUnsafeBufferPointer { sources in
      for sample in 0..<samples {
        let image = start(of: images) + sample * valuesPerSample
        let rows = start(of: values.floats) + sample * perSample
        for index in 0..<perSample where sources[index] >= 0 { rows[index] = image[Int(sources[index])] }
      }
    }
  }

  func makeRoomForGradient() { gradient = Slab(count: count * patchLength) }

  /// Where the gradient with respect to the patches goes, without the column of the 1.
  var gradientStart: UnsafeMutablePointer<Float>? { gradient?.floats.baseAddress }

  /// Adds the patches' gradient up where they were taken from.
  func scatter(to images: UnsafeMutableBufferPointer<Float>) {
    guard let gradientStart else { return }
    images.update(repeating: 0)
    let positions = sources.count / width
    for sample in 0..<samples {
      let image = start(of: images) + sample * valuesPerSample
      let rows = gradientStart + sample * positions * patchLength
      for position in 0..<positions {
        for index in 0..<patchLength {
          let source = Int(sources[position * width + index])
          if source >= 0 { image[source] += rows[position * patchLength + index] }
        }
      }
    }
  }
}

private func start(of memory: UnsafeMutableBufferPointer<Float>) -> UnsafeMutablePointer<Float> {
  guard let start = memory.baseAddress else { preconditionFailure("a tensor has memory") }
  return start
}
