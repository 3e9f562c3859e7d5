import OneDNN

/// Says where a convolution is quicker as one matrix product for each tap: from shapes and micro-batch alone, never by a clock.
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
