import OneDNN

/// Says where a convolution is quicker as one matrix product for each tap: from shapes and micro-batch alone, never by a clock.
///
/// On a very small map oneDNN's kernels compute much that is padding, and copying a large kernel into their layout and its
/// gradient back takes as long as the products; ``TapwiseConvolutionPlan`` does neither. From about 16 positions and 17
/// samples on Winograd's algorithm saves more. Measured with one thread of an Intel Xeon (Cascade Lake, 2.5 GHz), oneDNN 2.6.3,
/// other users on the machine, operands not in the level-2 cache: 3×3 and 5×5 kernels, `same`, as many filters as channels
/// (64 to 512), maps of 1×1 to 6×6, micro-batches of 1 to 64. The three passes together in ms, tap by tap, and the
/// quicker of direct and Winograd in each pass; then all that is copied besides, once a micro-batch or an update:
///
///     micro-batch, 3×3 convolution     tap by tap   oneDNN    copies
///      32, 512 of 1×1                     2.1         25        25
///      32, 256 of 2×2                     2.5         12         2
///      16, 512 of 2×2                    11           51        23
///       4, 128 of 2×2                     0.36         0.41      0.4
///      16, 256 of 3×3                     3.4          5.9       1.9
///       8, 256 of 4×4                     3.3          4.9       1.9
///      16, 512 of 4×4                    62          135        19
///      32, 512 of 4×4                   186          105        24
///      32, 64 of 2×2                      0.50         0.47      0.09
///      32, 64 of 4×4                      1.3          1.1       0.07
///
/// With 64 channels there is nothing to gain, and a kernel of one tap is one product for oneDNN too.
struct TapwiseRule {
  let kernelSize: [Int]
  let input: Shape
  let output: Shape
  let batchSize: Int

  var isQuicker: Bool {
    let positions = max(input.spatial.reduce(1, *), output.spatial.reduce(1, *))
    return kernelSize.reduce(1, *) > 1 && min(input.channels, output.channels) >= 128
      && (positions <= 9 || positions <= 16 && batchSize * positions <= 256)
  }
}
