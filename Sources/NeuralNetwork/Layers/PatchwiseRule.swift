import OneDNN

/// Says where a convolution is quicker as one matrix product of patches: from shapes alone, never by a clock.
///
/// Where a patch, all values under the kernel, is short, vectors that run over the channels stay almost empty, and oneDNN's
/// kernels compute mostly what is padding. ``PatchwiseConvolutionPlan`` pays for a copy of every patch, which a small map
/// keeps in the cache.
struct PatchwiseRule {
  let kernelSize: [Int]
  let input: Shape
  let output: Shape

  /// The values of a patch.
  private var patch: Int { kernelSize.reduce(input.channels, *) }

  var isQuicker: Bool {
    kernelSize.reduce(1, *) > 1 && patch <= 32 && input.channels < 8 && output.channels <= 32
      && output.spatial.reduce(1, *) <= 256
  }
}
