import OneDNN

/// Which convolution algorithms a network may choose; it decides the bits.
public enum ConvolutionKernels: String, Codable, Sendable, CaseIterable {
  /// Direct, Winograd's, tap by tap or patch by patch, by rules of the shape.
  case automatic = "auto"
  /// Direct everywhere: slower, with fewer roundings.
  case direct

  /// The algorithms for the three passes of one convolution.
  ///
  /// For inference the size of the batch is not looked at: the output for a sample must not depend on how many are computed
  /// with it.
  func algorithms(
    kernelSize: [Int], _ geometry: WindowGeometry, input: Shape, output: Shape, batchSize: Int, purpose: Purpose
  ) -> ConvolutionAlgorithms {
    guard self == .automatic else { return ConvolutionAlgorithms() }
    let rule = WinogradRule(
      kernelSize: kernelSize, geometry: geometry, input: input, output: output,
      batchSize: purpose == .inference ? 64 : batchSize)
    return ConvolutionAlgorithms(
      forward: rule.algorithm(of: .forward), backwardData: rule.algorithm(of: .backwardData),
      backwardWeights: rule.algorithm(of: .backwardWeights))
  }

  /// Whether a convolution is computed tap by tap, all three passes.
  ///
  /// Never for inference: matrix products of other heights may sum in another order.
  func goesTapwise(kernelSize: [Int], input: Shape, output: Shape, batchSize: Int, purpose: Purpose) -> Bool {
    self == .automatic && purpose == .training
      && TapwiseRule(kernelSize: kernelSize, input: input, output: output, batchSize: batchSize).isQuicker
  }

  /// Whether a convolution is computed as one product of all patches, all three passes.
  ///
  /// Never for inference, like ``goesTapwise(kernelSize:input:output:batchSize:purpose:)``.
  func goesPatchwise(kernelSize: [Int], input: Shape, output: Shape, purpose: Purpose) -> Bool {
    self == .automatic && purpose == .training
      && PatchwiseRule(kernelSize: kernelSize, input: input, output: output).isQuicker
  }
}

/// Says where Winograd's algorithm is quicker than the direct one: from shapes and micro-batch alone, never by a clock.
///
/// Direct convolution takes 9 products for each output position and pair of channels. Winograd's takes 36 for each *tile*
/// of 4×4 positions; tiles that reach over the edge are computed whole. Before and after it transforms 36 values per tile
/// and channel, and once per call 36 values per pair of channels, the kernel. So, in units of the 36 products, it is
/// chosen if
///
///     positions / 4  >  tiles · (products + transforms · (1 / input channels + 1 / output channels)) + kernel
///
/// where positions and tiles are those of the whole micro-batch. The coefficients of each pass were fitted to 135 pairs of
/// times of one thread with oneDNN 2.6.3: 107 from an Intel Xeon (Cascade Lake, 2.5 GHz) with nothing in the level-2 cache,
/// as it is within a step, 28 from an AMD EPYC (Zen 4); micro-batches of 1 to 256, 16 to 512 channels, maps of 3 to 224. Where
/// the processors disagree it is for the one that would lose more. Over the 135,
/// the rule is 1.5, 0.8 and 2.7 % slower than the quicker algorithm of each (geometric mean; forward, backward data, backward
/// weights), and direct convolution alone 20, 16 and 37 %. Some of them, on the Xeon, in µs an image, direct and Winograd:
///
///     micro-batch, convolution          forward     backward data   backward weights
///      64, 32 of 13×13 → 64 of 11×11     39   31       44   55           43   30
///       8, the same                      37   37       42   64           42   40
///       2, the same                      39   69       44   96           45   53
///      32, 64 of 32×32 → 64             598  385      635  372          680  359
///      32, 256 of 8×8 → 256             582  402      594  403          780  395
///       4, the same                     610 1184      563 1172          719 1345
///       8, 16 of 16×16 → 16              10   16        9   16           11   18
///
/// Fewer than 16 channels fill no vector and are left to the direct algorithm.
struct WinogradRule {
  enum Pass { case forward, backwardData, backwardWeights }

  let kernelSize: [Int]
  let geometry: WindowGeometry
  let input: Shape
  let output: Shape
  let batchSize: Int

  func algorithm(of pass: Pass) -> ConvolutionAlgorithm {
    guard kernelSize == [3, 3], geometry.strides == [1, 1], geometry.dilation == [1, 1],
      min(input.channels, output.channels) >= 16
    else { return .direct }
    let (products, transforms, kernel): (Double, Double, Double) =
      switch pass {
      case .forward: (0.5, 40, 64)
      case .backwardData: (0.8, 40, 96)
      case .backwardWeights: (0.8, 32, 64)
      }
    // The gradient with respect to the input is tiled as the input is.
    let tiled = pass == .backwardData ? input : output
    let tiles = Double(batchSize * tiled.spatial.reduce(1) { $0 * (($1 + 3) / 4) })
    let positions = Double(batchSize * output.spatial.reduce(1, *))
    let transformsPerProduct = transforms * (1 / Double(input.channels) + 1 / Double(output.channels))
    return positions / 4 > tiles * (products + transformsPerProduct) + kernel ? .winograd : .direct
  }
}
