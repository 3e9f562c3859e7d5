internal import COneDNN

/// How a convolution is computed; each rounds differently.
public enum ConvolutionAlgorithm: Sendable, Equatable {
  /// The sum of products as it is defined.
  case direct
  /// Winograd's minimal filtering of 4×4 outputs by 3×3 taps: 36 products in place of 144, and transforms around them.
  ///
  /// It takes 3×3 kernels with strides and dilation of 1. Source: Lavin and Gray, "Fast algorithms for convolutional
  /// neural networks" (2015).
  case winograd

  var kind: dnnl_alg_kind_t {
    switch self {
    case .direct: dnnl_convolution_direct
    case .winograd: dnnl_convolution_winograd
    }
  }
}

/// The algorithms of the three passes of a convolution.
public struct ConvolutionAlgorithms: Sendable, Equatable {
  /// Of the output.
  public var forward: ConvolutionAlgorithm
  /// Of the gradient with respect to the input.
  public var backwardData: ConvolutionAlgorithm
  /// Of the gradient with respect to the kernel.
  public var backwardWeights: ConvolutionAlgorithm

  /// One for each pass.
  public init(
    forward: ConvolutionAlgorithm = .direct, backwardData: ConvolutionAlgorithm = .direct,
    backwardWeights: ConvolutionAlgorithm = .direct
  ) {
    self.forward = forward
    self.backwardData = backwardData
    self.backwardWeights = backwardWeights
  }
}

/// What `plan` makes of `algorithm`, or of the direct one where the library has no other for shape and processor.
///
/// Which it has follows from the shape and the instruction set, so it is the same in every run of one build.
func orDirect<Plan>(
  _ algorithm: ConvolutionAlgorithm, _ plan: (ConvolutionAlgorithm) throws(OneDNNError) -> Plan
) throws(OneDNNError) -> Plan {
  guard algorithm != .direct else { return try plan(.direct) }
  do {
    return try plan(algorithm)
  } catch  where error.isUnimplemented {
    return try plan(.direct)
  }
}
