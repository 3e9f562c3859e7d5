extension KerasGraph {
  /// Adds layers of Keras that do what a convolution of ours does at the edge of its input; returns the name of the last.
  ///
  /// Zeros are `ZeroPadding1D/2D`. A constant is added to them where there is no image. The nearest value is the first or
  /// last row or column cut out, repeated, and put beside the image.
  mutating func appendPadding(
    _ amounts: [(before: Int, after: Int)], mode: PaddingMode, named name: String, input: Shape, from source: String
  ) throws -> String {
    switch mode {
    case .zeros: return appendZeros(amounts, named: "\(name)_padding", from: source)
    case .constant(let value):
      // The image among zeros, plus the number where there is no image: adding a zero changes nothing, however large the
      // number. (Keras 2 and 3 both have these layers; shifting the image there and back would cost it its last digits.)
      func rescaled(_ scale: Double, _ offset: Double, _ suffix: String, from source: String) -> String {
        append(
          "Rescaling", ["scale": .double(scale), "offset": .double(offset)], named: "\(name)_\(suffix)", from: [source])
      }
      let ones = appendZeros(amounts, named: "\(name)_inside", from: rescaled(0, 1, "ones", from: source))
      let outside = rescaled(-value, value, "outside", from: ones)
      let image = appendZeros(amounts, named: "\(name)_padding", from: source)
      return append("Add", [:], named: "\(name)_padded", from: [image, outside])
    case .nearest:
      var result = source
      for (axis, amount) in amounts.enumerated() {
        let length = input.spatial[axis]
        var parts: [String] = []
        if amount.before > 0 {
          parts.append(
            appendRepeated(
              (0, length - 1), times: amount.before, axis, of: amounts.count, named: "\(name)_before_\(axis)",
              from: result))
        }
        parts.append(result)
        if amount.after > 0 {
          parts.append(
            appendRepeated(
              (length - 1, 0), times: amount.after, axis, of: amounts.count, named: "\(name)_after_\(axis)",
              from: result))
        }
        guard parts.count > 1 else { continue }
        result = append("Concatenate", ["axis": .int(axis + 1)], named: "\(name)_edge_\(axis)", from: parts)
      }
      return result
    }
  }

  private mutating func appendZeros(_ amounts: [(before: Int, after: Int)], named name: String, from source: String)
    -> String
  {
    let pairs = amounts.map { ConfigurationValue.array([.int($0.before), .int($0.after)]) }
    return append(
      "ZeroPadding\(amounts.count)D", ["padding": amounts.count == 1 ? pairs[0] : .array(pairs)], named: name,
      from: [source])
  }

  /// One row or column, what is left after `cropping`, so many times.
  private mutating func appendRepeated(
    _ cropping: (Int, Int), times: Int, _ axis: Int, of rank: Int, named name: String, from source: String
  ) -> String {
    let none = ConfigurationValue.array([.int(0), .int(0)])
    let cut = ConfigurationValue.array([.int(cropping.0), .int(cropping.1)])
    let croppings = ConfigurationValue.array((0..<rank).map { $0 == axis ? cut : none })
    let sizes = ConfigurationValue.array((0..<rank).map { .int($0 == axis ? times : 1) })
    let one = append(
      "Cropping\(rank)D", ["cropping": rank == 1 ? cut : croppings], named: "\(name)_cut", from: [source])
    return append(
      "UpSampling\(rank)D", ["size": rank == 1 ? .int(times) : sizes], named: name, from: [one])
  }
}
