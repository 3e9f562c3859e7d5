import OneDNN

/// The plan of a convolution over very small maps: for each tap of the kernel a matrix product, by ``TapwiseRule``.
///
/// Tap `t` connects some positions `p` of the input with some `q` of the output:
///
///     y[n, q, :] += x[n, p, :] · kernel[t]        kernel[t]: [input channels, filters], as the slab has it
///     dx[n, p, :] += dy[n, q, :] · kernel[t]ᵀ
///     dkernel[t] = Σ x[n, p, :]ᵀ · dy[n, q, :]
///
/// The rows that a tap connects are gathered, so that each matrix of the kernel is read once. Kernel and gradient stay in the
/// slab's layout, and what is padding is left out: of the 36 pairs of a 3×3 kernel over 2×2 positions 20. Everything is
/// summed in one order.
final class TapwiseConvolutionPlan: LayerPlan {
  let output: Tensor
  private let context: PlanContext
  private let taps: [KernelTap]
  private let tapSize: Int
  private let kernel: UnsafeMutableBufferPointer<Float>
  private let bias: UnsafeMutableBufferPointer<Float>?
  private let input: PositionRows
  private let result: PositionRows  // before the activation
  private let inputRows: RowScratch
  private let resultRows: RowScratch
  private let activation: ActivationPlan?
  private var resultGradient: PositionRows?
  private var inputGradient: PositionRows?
  private var kernelGradient: Tensor?
  private var biasGradient: Tensor?
  private var inputPass = Pass()
  private var activationPass = Pass()
  private var backwardPass = Pass()

  init(_ settings: ConvolutionSettings, _ context: PlanContext) throws {
    self.context = context
    let engine = context.engine
    taps = KernelTap.all(
      of: settings.kernelSize, try settings.window.slide(over: context.inputShape).geometry,
      input: context.inputShape.spatial, output: context.outputShape.spatial)
    tapSize = context.inputShape.channels * context.outputShape.channels
    let kernelVector = try MemoryDescriptor([settings.kernelSize.reduce(tapSize, *)], .vector)
    let biasVector = try MemoryDescriptor([settings.filters], .vector)
    kernel = try context.parameter("kernel", plain: kernelVector, in: kernelVector).floats
    bias = settings.useBias ? try context.parameter("bias", plain: biasVector, in: biasVector).floats : nil
    let plainInput = try inputPass.reorder(
      context.input, to: .plain(context.dimensions(of: context.inputShape)), on: engine)
    let result = try Tensor(.plain(context.dimensions(of: context.outputShape)), on: engine)
    input = PositionRows(plainInput, of: context.inputShape)
    self.result = PositionRows(result, of: context.outputShape)
    let rowCount = context.batchSize * (taps.map(\.inputs.count).max() ?? 0)
    inputRows = RowScratch(rows: rowCount, width: context.inputShape.channels)
    resultRows = RowScratch(rows: rowCount, width: context.outputShape.channels)
    activation = try settings.activation.plan(
      after: result, isFused: false, purpose: context.purpose, on: engine, appendingTo: &activationPass)
    output = activation?.output ?? result
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    let gradient =
      try activation?.planBackward(outputGradient, on: context.engine, appendingTo: &backwardPass) ?? outputGradient
    resultGradient = PositionRows(
      try backwardPass.reorder(gradient, to: result.tensor.descriptor, on: context.engine), of: context.outputShape)
    // What is frozen needs no gradient; its place in the slab is never read.
    if !context.isFrozen("kernel") {
      kernelGradient = try context.gradient("kernel", plain: MemoryDescriptor([kernel.count], .vector))
    }
    if let bias, !context.isFrozen("bias") {
      biasGradient = try context.gradient("bias", plain: MemoryDescriptor([bias.count], .vector))
    }
    if needsInputGradient {
      inputGradient = PositionRows(
        try Tensor(input.tensor.descriptor, on: context.engine), of: context.inputShape)
    }
    return inputGradient?.tensor
  }

  func forward() throws(OneDNNError) {
    try inputPass.execute()
    fill(result, with: bias)
    for (index, tap) in taps.enumerated() where !tap.inputs.isEmpty {
      let x = inputRows.gather(tap.inputs, of: input)
      if tap.outputs.count == result.positions {
        try context.engine.multiply(x, matrix(index), into: result.values, adding: true)
      } else {
        try context.engine.multiply(x, matrix(index), into: resultRows.values)
        resultRows.scatter(to: tap.outputs, of: result)
      }
    }
    try activationPass.execute()
  }

  func backward() throws(OneDNNError) {
    try backwardPass.execute()
    guard let resultGradient else { return }
    if let biasGradient { sum(resultGradient, into: biasGradient.floats) }
    inputGradient?.tensor.floats.update(repeating: 0)
    for (index, tap) in taps.enumerated() {
      // Memory of a step before is there, also where nothing is connected.
      guard !tap.inputs.isEmpty else {
        kernelGradient?.floats.extracting(range(index)).update(repeating: 0)
        continue
      }
      let rows = resultRows.gather(tap.outputs, of: resultGradient)
      if let target = kernelGradient?.floats.extracting(range(index)).baseAddress {
        let x = inputRows.gather(tap.inputs, of: input)
        try context.engine.multiply(x.transposed, rows, into: target)
      }
      guard let inputGradient else { continue }
      if tap.inputs.count == inputGradient.positions {
        try context.engine.multiply(rows, matrix(index).transposed, into: inputGradient.values, adding: true)
      } else {
        try context.engine.multiply(rows, matrix(index).transposed, into: inputRows.values)
        inputRows.scatter(to: tap.inputs, of: inputGradient)
      }
    }
  }
}

extension TapwiseConvolutionPlan {
  private func range(_ tap: Int) -> Range<Int> { tap * tapSize..<(tap + 1) * tapSize }

  private func matrix(_ tap: Int) -> MatrixView {
    MatrixView(
      UnsafePointer(start(of: kernel) + tap * tapSize), rows: context.inputShape.channels,
      columns: context.outputShape.channels)
  }
}

/// One tap of a kernel: which positions it connects, in the order of the output.
///
/// A position is in at most one pair on either side, so as many pairs as positions are all of them in order.
struct KernelTap: Equatable {
  private(set) var inputs: [Int] = []
  private(set) var outputs: [Int] = []

  /// The taps in the kernel's order, for one or two spatial dimensions.
  static func all(of kernelSize: [Int], _ geometry: WindowGeometry, input: [Int], output: [Int]) -> [KernelTap] {
    var taps = [KernelTap()]
    for axis in kernelSize.indices {
      let lines = (0..<kernelSize[axis]).map { tap in
        line(
          from: tap * geometry.dilation[axis] - geometry.paddingBefore[axis], stride: geometry.strides[axis],
          input: input[axis], output: output[axis])
      }
      taps = taps.flatMap { outer in
        lines.map { outer.crossed(with: $0, inputLength: input[axis], outputLength: output[axis], isFirst: axis == 0) }
      }
    }
    return taps
  }

  /// A tap of a kernel of one dimension, which the first output finds at `start` of the input.
  private static func line(from start: Int, stride: Int, input: Int, output: Int) -> KernelTap {
    let outputs = (0..<output).filter { (0..<input).contains(start + $0 * stride) }
    return KernelTap(inputs: outputs.map { start + $0 * stride }, outputs: outputs)
  }

  /// The tap of a kernel that has the dimension of `line` more.
  private func crossed(with line: KernelTap, inputLength: Int, outputLength: Int, isFirst: Bool) -> KernelTap {
    if isFirst { return line }
    return KernelTap(
      inputs: inputs.flatMap { row in line.inputs.map { row * inputLength + $0 } },
      outputs: outputs.flatMap { row in line.outputs.map { row * outputLength + $0 } })
  }
}

/// A batch in plain layout: for each sample and position one row of channels.
private struct PositionRows {
  let tensor: Tensor
  let samples: Int
  let positions: Int
  let width: Int

  init(_ tensor: Tensor, of shape: Shape) {
    self.tensor = tensor
    positions = shape.spatial.reduce(1, *)
    width = shape.channels
    samples = tensor.floats.count / (positions * width)
  }

  var values: UnsafeMutablePointer<Float> { start(of: tensor.floats) }
}

/// Memory for the rows of some positions.
private final class RowScratch {
  let values: UnsafeMutablePointer<Float>

  init(rows: Int, width: Int) {
    let count = max(rows * width, 1)
    values = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
      .initializeMemory(as: Float.self, repeating: 0, count: count)
  }

  deinit { UnsafeMutableRawPointer(values).deallocate() }

  /// The rows of these positions of every sample: copied here, or where they are if they are all.
  func gather(_ positions: [Int], of rows: PositionRows) -> MatrixView {
    if positions.count < rows.positions {
      var place = values
      for sample in 0..<rows.samples {
        let start = rows.values + sample * rows.positions * rows.width
        for position in positions {
          place.update(from: start + position * rows.width, count: rows.width)
          place += rows.width
        }
      }
    }
    return MatrixView(
      positions.count < rows.positions ? values : rows.values, rows: rows.samples * positions.count,
      columns: rows.width)
  }

  /// Adds the rows that are here to those of these positions of every sample.
  func scatter(to positions: [Int], of rows: PositionRows) {
    var place = UnsafePointer(values)
    for sample in 0..<rows.samples {
      let start = rows.values + sample * rows.positions * rows.width
      for position in positions {
        add(place, to: start + position * rows.width, count: rows.width)
        place += rows.width
      }
    }
  }
}

private func start(of memory: UnsafeMutableBufferPointer<Float>) -> UnsafeMutablePointer<Float> {
  guard let start = memory.baseAddress else { preconditionFailure("a tensor has memory") }
  return start
}

private func add(_ values: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
  for index in 0..<count { sums[index] += values[index] }
}

private func fill(_ rows: PositionRows, with bias: UnsafeMutableBufferPointer<Float>?) {
  for row in 0..<rows.samples * rows.positions {
    let place = rows.values + row * rows.width
    if let bias {
      place.update(from: start(of: bias), count: rows.width)
    } else {
      place.update(repeating: 0, count: rows.width)
    }
  }
}

private func sum(_ rows: PositionRows, into sums: UnsafeMutableBufferPointer<Float>) {
  sums.update(repeating: 0)
  for row in 0..<rows.samples * rows.positions {
    add(rows.values + row * rows.width, to: start(of: sums), count: rows.width)
  }
}
