import OneDNN

/// The plan of a max pooling over channels that fill no whole vectors, in plain layout.
///
/// oneDNN's kernel masks the last of a position's vectors, which on small maps takes twenty times as long as the comparisons
/// (300 µs against 15 for 100 maps of 6×6×10, one core of an AMD Zen 3). A maximum is exact, whoever takes it: the
/// result is the same.
final class MaxPoolingPlan: LayerPlan, DerivativeTaking {
  let output: Tensor
  private let input: Tensor
  private let engine: Engine
  private let samples: Int
  private let channels: Int
  private let inputPositions: Int
  /// For each position of the output the positions of the input in its window: the part of `members` from one to the next.
  private var starts: [Int] = [0]
  private var members: [Int] = []
  /// The position in a sample that each value of the output was taken from, as an index of the sample's values.
  private let sources: UnsafeMutableBufferPointer<Int32>
  private var derivative: ElementwiseFunction?
  private var outputGradient: Tensor?
  private var inputGradient: Tensor?
  private var inputPass = Pass()
  private var backwardPass = Pass()

  init(_ settings: PoolingSettings, _ context: PlanContext) throws {
    engine = context.engine
    input = try inputPass.reorder(
      context.input, to: .plain(context.dimensions(of: context.inputShape)), on: context.engine)
    samples = context.batchSize
    channels = context.inputShape.channels
    inputPositions = context.inputShape.spatial.reduce(1, *)
    output = try Tensor(.plain(context.dimensions(of: context.outputShape)), on: engine)
    let taps = KernelTap.all(
      of: settings.poolSize, try settings.window.slide(over: context.inputShape).geometry,
      input: context.inputShape.spatial, output: context.outputShape.spatial)
    var windows = [[Int]](repeating: [], count: context.outputShape.spatial.reduce(1, *))
    for tap in taps {
      for (position, member) in zip(tap.outputs, tap.inputs) { windows[position].append(member) }
    }
    for window in windows {
      members += window
      starts.append(members.count)
    }
    sources = .allocate(capacity: output.floats.count)
    sources.initialize(repeating: 0)
  }

  deinit { sources.deallocate() }

  func take(_ function: ElementwiseFunction) { derivative = function }

  var takesDerivative: Bool { true }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    var gradient = try backwardPass.reorder(outputGradient, to: output.descriptor, on: engine)
    if let derivative {
      gradient = try ActivationPlan(output: output, input: output, kind: .elementwise(derivative))
        .planBackward(gradient, on: engine, appendingTo: &backwardPass)
    }
    self.outputGradient = gradient
    inputGradient = try Tensor(input.descriptor, on: engine)
    return inputGradient
  }

  func forward() throws(OneDNNError) {
    try inputPass.execute()
    guard let images = input.floats.baseAddress, let maxima = output.floats.baseAddress,
      let sources = sources.baseAddress
    else { return }
    let positions = starts.count - 1
    for sample in 0..<samples {
      let image = images + sample * inputPositions * channels
      for position in 0..<positions {
        let window = starts[position]..<starts[position + 1]
        let place = (sample * positions + position) * channels
        var channel = 0
        while channel < channels {
          if channels >= Values.scalarCount {
            // The last vector begins early: what two of them compute is the same twice.
            let start = min(channel, channels - Values.scalarCount)
            takeMaxima(
              of: window, image + start, into: maxima + (place + start), sources + (place + start), first: start)
            channel += Values.scalarCount
          } else {
            takeMaximum(
              of: window, image + channel, into: maxima + (place + channel), sources + (place + channel), channel)
            channel += 1
          }
        }
      }
    }
  }

  private typealias Values = SIMD8<Float>
  private static let eachOfVector = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)

  /// The maxima of eight channels, and where they are; `image` begins with the first of them, which is channel `first`.
  @inline(__always)
  private func takeMaxima(
    of window: Range<Int>, _ image: UnsafePointer<Float>, into maxima: UnsafeMutablePointer<Float>,
    _ sources: UnsafeMutablePointer<Int32>, first: Int
  ) {
    let raw = UnsafeRawPointer(image)
    let width = MemoryLayout<Float>.stride
    var place = members[window.lowerBound] * channels
    var largest = raw.loadUnaligned(fromByteOffset: place * width, as: Values.self)
    var origins = Self.eachOfVector &+ Int32(truncatingIfNeeded: place + first)
    for member in window.lowerBound + 1..<window.upperBound {
      place = members[member] * channels
      let values = raw.loadUnaligned(fromByteOffset: place * width, as: Values.self)
      // Of equal values the first stays; what is no number is passed on.
      let isLarger = (values .> largest) .| (values .!= values)
      largest.replace(with: values, where: isLarger)
      origins.replace(with: Self.eachOfVector &+ Int32(truncatingIfNeeded: place + first), where: isLarger)
    }
    UnsafeMutableRawPointer(maxima).storeBytes(of: largest, as: Values.self)
    UnsafeMutableRawPointer(sources).storeBytes(of: origins, as: SIMD8<Int32>.self)
  }

  /// The maximum of one channel, and where it is.
  @inline(__always)
  private func takeMaximum(
    of window: Range<Int>, _ image: UnsafePointer<Float>, into maximum: UnsafeMutablePointer<Float>,
    _ source: UnsafeMutablePointer<Int32>, _ channel: Int
  ) {
    var place = members[window.lowerBound] * channels
    var (largest, origin) = (image[place], place)
    for member in window.lowerBound + 1..<window.upperBound {
      place = members[member] * channels
      let value = image[place]
      if value > largest || value != value { (largest, origin) = (value, place) }
    }
    maximum.pointee = largest
    source.pointee = Int32(truncatingIfNeeded: origin + channel)
  }

  func backward() throws(OneDNNError) {
    try backwardPass.execute()
    guard let outputGradient, let inputGradient, let gradients = inputGradient.floats.baseAddress,
      let values = outputGradient.floats.baseAddress, let sources = sources.baseAddress
    else { return }
    inputGradient.floats.update(repeating: 0)
    let valuesPerSample = (starts.count - 1) * channels
    for sample in 0..<samples {
      let image = gradients + sample * inputPositions * channels
      for index in sample * valuesPerSample..<(sample + 1) * valuesPerSample {
        image[Int(sources[index])] += values[index]
      }
    }
  }
}

/// A plan that ends with an activation and can leave its derivative to whoever computes the gradient of its output.
protocol DerivativeGiving: LayerPlan {
  /// Leaves the derivative away; before ``LayerPlan/planBackward(_:needsInputGradient:)``.
  ///
  /// - Returns: the function; nil if there is none, or if its derivative follows from more than one value of the output.
  func giveDerivativeAway() -> ElementwiseFunction?
}

/// A plan that can apply the derivative of the activation before it.
///
/// A maximum passes the gradient on to one value alone, and that value is the maximum. So the derivative can be computed
/// from the maxima, of which there are fewer, before the gradient is passed on; the result is the same.
protocol DerivativeTaking: LayerPlan {
  /// Whether it can, in its settings.
  var takesDerivative: Bool { get }
  /// Takes the derivative over; before ``LayerPlan/planBackward(_:needsInputGradient:)``.
  func take(_ function: ElementwiseFunction)
}
