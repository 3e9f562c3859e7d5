internal import COneDNN

/// The numbers that fix windows over an image besides its shape, one entry a spatial dimension.
public struct WindowGeometry: Sendable, Equatable {
  /// Elements between neighbouring windows.
  public var strides: [Int]
  /// Elements between neighbouring taps of a window; 1 is a dense window.
  public var dilation: [Int]
  /// Elements added before the first of each dimension (top, left).
  public var paddingBefore: [Int]
  /// Elements added after the last of each dimension (bottom, right).
  public var paddingAfter: [Int]

  /// Collects the numbers.
  public init(strides: [Int], dilation: [Int], paddingBefore: [Int], paddingAfter: [Int]) {
    self.strides = strides
    self.dilation = dilation
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
  }

  // The four arrays as oneDNN takes them; it counts the gaps between taps, Keras the distance.
  var steps: [Int64] { strides.map(Int64.init) }
  var gaps: [Int64] { dilation.map { Int64($0 - 1) } }
  var before: [Int64] { paddingBefore.map(Int64.init) }
  var after: [Int64] { paddingAfter.map(Int64.init) }
}

/// Cross-correlation `y[n, o] = f(bias[o] + Σ_i x[n, i] ⋆ kernel[o, i])`, as deep learning calls convolution.
///
/// With `g` groups, channels are cut into `g` equal parts, and each part of the output sees its part of the input alone:
/// the kernel has a dimension more, `[g, O/g, I/g, h, w]`.
public struct Convolution: LinearOperation {
  /// The forward primitive, `[N, I, H, W] ⋆ [O, I, h, w] → [N, O, H', W']`.
  public let forward: LinearForward
  private let geometry: WindowGeometry
  private let algorithms: ConvolutionAlgorithms

  /// Plans the forward primitive; layouts are chosen where the descriptors leave them open.
  ///
  /// There is no telling what it is planned for: training keeps nothing of a convolution but its input and output. Kernels
  /// for inference alone would be another copy of the parameters, for Winograd's algorithm one whose making takes longer
  /// than a step.
  ///
  /// The corresponding C function is `dnnl_dilated_convolution_forward_desc_init`.
  ///
  /// - Parameter algorithms: what to take where the library has it; it always has the direct one.
  public init(
    source: MemoryDescriptor, kernel: MemoryDescriptor, bias: MemoryDescriptor?, destination: MemoryDescriptor,
    geometry: WindowGeometry, algorithms: ConvolutionAlgorithms = ConvolutionAlgorithms(),
    fusing function: ElementwiseFunction?, on engine: Engine
  ) throws(OneDNNError) {
    let fused = try FusedFunction(function)
    let attributes = fused.attributes
    forward = try orDirect(algorithms.forward) { algorithm throws(OneDNNError) in
      var operation = dnnl_convolution_desc_t()
      var (source, kernel, destination) = (source.value, kernel.value, destination.value)
      var biasValue = bias?.value ?? dnnl_memory_desc_t()
      try check(
        dnnl_dilated_convolution_forward_desc_init(
          &operation, dnnl_forward_training, algorithm.kind, &source, &kernel, &biasValue, &destination,
          geometry.steps, geometry.gaps, geometry.before, geometry.after),
        "dnnl_dilated_convolution_forward_desc_init")
      return try LinearForward(
        PrimitiveDescriptor("convolution", &operation, attributes: attributes, on: engine), bias: bias, on: engine)
    }
    self.geometry = geometry
    self.algorithms = algorithms
  }

  /// The corresponding C function is `dnnl_dilated_convolution_backward_data_desc_init`.
  public func backwardData() throws(OneDNNError) -> LinearBackwardData {
    try orDirect(algorithms.backwardData) { algorithm throws(OneDNNError) in
      var operation = dnnl_convolution_desc_t()
      var source = try forward.source.withAnyLayout().value
      var kernel = try forward.kernel.withAnyLayout().value
      var destination = try forward.destination.withAnyLayout().value
      try check(
        dnnl_dilated_convolution_backward_data_desc_init(
          &operation, algorithm.kind, &source, &kernel, &destination, geometry.steps, geometry.gaps,
          geometry.before, geometry.after),
        "dnnl_dilated_convolution_backward_data_desc_init")
      return try LinearBackwardData(
        PrimitiveDescriptor("convolution backward data", &operation, hint: forward.descriptor, on: forward.engine),
        on: forward.engine)
    }
  }

  /// The corresponding C function is `dnnl_dilated_convolution_backward_weights_desc_init`.
  public func backwardWeights() throws(OneDNNError) -> LinearBackwardWeights {
    try orDirect(algorithms.backwardWeights) { algorithm throws(OneDNNError) in
      var operation = dnnl_convolution_desc_t()
      var source = try forward.source.withAnyLayout().value
      var kernel = try forward.kernel.withAnyLayout().value
      var bias = forward.bias?.value ?? dnnl_memory_desc_t()
      var destination = try forward.destination.withAnyLayout().value
      try check(
        dnnl_dilated_convolution_backward_weights_desc_init(
          &operation, algorithm.kind, &source, &kernel, &bias, &destination, geometry.steps, geometry.gaps,
          geometry.before, geometry.after),
        "dnnl_dilated_convolution_backward_weights_desc_init")
      return try LinearBackwardWeights(
        PrimitiveDescriptor("convolution backward weights", &operation, hint: forward.descriptor, on: forward.engine),
        on: forward.engine)
    }
  }
}
