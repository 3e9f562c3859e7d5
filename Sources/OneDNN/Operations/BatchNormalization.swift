internal import COneDNN

/// What the normalisation of each channel is made of besides the data.
public struct NormalizationParts: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt32

  /// The parts of these bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A factor for each channel, `γ`.
  public static let scale = NormalizationParts(rawValue: 1)
  /// An offset for each channel, `β`.
  public static let shift = NormalizationParts(rawValue: 2)
  /// Mean and variance are given, not computed from the batch.
  public static let givenStatistics = NormalizationParts(rawValue: 4)

  var flags: UInt32 {
    (contains(.scale) ? dnnl_use_scale.rawValue : 0) | (contains(.shift) ? dnnl_use_shift.rawValue : 0)
      | (contains(.givenStatistics) ? dnnl_use_global_stats.rawValue : 0)
  }
}

/// `y = γ (x - mean) / √(variance + ε) + β` for each channel, over samples and places; the variance is divided by their
/// number.
public struct BatchNormalization {
  /// The layout of input and output.
  public let data: MemoryDescriptor
  /// The layout of mean and variance, `[C]`.
  public let statistics: MemoryDescriptor
  fileprivate let parts: NormalizationParts
  fileprivate let epsilon: Float
  fileprivate let descriptor: PrimitiveDescriptor
  fileprivate let engine: Engine

  /// Plans the forward pass.
  ///
  /// The corresponding C function is `dnnl_batch_normalization_forward_desc_init`.
  public init(
    _ data: MemoryDescriptor, epsilon: Float, parts: NormalizationParts, purpose: Purpose, on engine: Engine
  ) throws(OneDNNError) {
    var operation = dnnl_batch_normalization_desc_t()
    var value = data.value
    try check(
      dnnl_batch_normalization_forward_desc_init(&operation, purpose.propagation, &value, epsilon, parts.flags),
      "dnnl_batch_normalization_forward_desc_init")
    descriptor = try PrimitiveDescriptor("batch normalization", &operation, on: engine)
    self.data = data
    statistics = try MemoryDescriptor([data.dimensions[1]], .vector)
    self.parts = parts
    self.epsilon = epsilon
    self.engine = engine
  }

  /// The call with its tensors; mean and variance are read or written as the parts say.
  public func call(
    source: Tensor, scale: Tensor?, shift: Tensor?, mean: Tensor, variance: Tensor, destination: Tensor
  ) throws(OneDNNError) -> PrimitiveCall {
    var tensors = [
      (DNNL_ARG_SRC, source), (DNNL_ARG_MEAN, mean), (DNNL_ARG_VARIANCE, variance), (DNNL_ARG_DST, destination),
    ]
    if let scale { tensors.append((DNNL_ARG_SCALE, scale)) }
    if let shift { tensors.append((DNNL_ARG_SHIFT, shift)) }
    return try PrimitiveCall(descriptor, tensors, on: engine)
  }
}

/// The gradients of batch normalisation.
public struct BatchNormalizationBackward {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// Plans the backward pass; it computes the gradients of factor and offset if there are any.
  ///
  /// The corresponding C function is `dnnl_batch_normalization_backward_desc_init`.
  public init(of forward: BatchNormalization) throws(OneDNNError) {
    var operation = dnnl_batch_normalization_desc_t()
    var data = forward.data.value
    let hasParameters = !forward.parts.isDisjoint(with: [.scale, .shift])
    try check(
      dnnl_batch_normalization_backward_desc_init(
        &operation, hasParameters ? dnnl_backward : dnnl_backward_data, &data, &data, forward.epsilon,
        forward.parts.flags), "dnnl_batch_normalization_backward_desc_init")
    descriptor = try PrimitiveDescriptor(
      "batch normalization backward", &operation, hint: forward.descriptor, on: forward.engine)
    engine = forward.engine
  }

  /// The call with its tensors.
  public func call(
    source: Tensor, scale: Tensor?, shift: Tensor?, mean: Tensor, variance: Tensor, destinationGradient: Tensor,
    sourceGradient: Tensor, scaleGradient: Tensor?, shiftGradient: Tensor?
  ) throws(OneDNNError) -> PrimitiveCall {
    var tensors = [
      (DNNL_ARG_SRC, source), (DNNL_ARG_MEAN, mean), (DNNL_ARG_VARIANCE, variance),
      (DNNL_ARG_DIFF_DST, destinationGradient), (DNNL_ARG_DIFF_SRC, sourceGradient),
    ]
    if let scale { tensors.append((DNNL_ARG_SCALE, scale)) }
    if let shift { tensors.append((DNNL_ARG_SHIFT, shift)) }
    if let scaleGradient { tensors.append((DNNL_ARG_DIFF_SCALE, scaleGradient)) }
    if let shiftGradient { tensors.append((DNNL_ARG_DIFF_SHIFT, shiftGradient)) }
    return try PrimitiveCall(descriptor, tensors, on: engine)
  }
}
