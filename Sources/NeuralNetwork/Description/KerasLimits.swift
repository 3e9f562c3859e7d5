/// What Keras refuses although this program computes it.
extension KerasGraph {
  /// Checks that Keras takes every layer: whoever trains for hours is to have a model that opens.
  ///
  /// Files that were written before there was a check are still read.
  ///
  /// - Throws: ``ConfigurationError`` that names the layer.
  public func check() throws(ConfigurationError) {
    for node in nodes { try Self.checkStrides(node) }
  }

  /// Keras' convolutions stride or dilate, not both, not even along different dimensions.
  private static func checkStrides(_ node: Node) throws(ConfigurationError) {
    guard ["Conv1D", "Conv2D"].contains(node.className), let strides = extents(node.config["strides"]),
      let dilation = extents(node.config["dilation_rate"]), strides.contains(where: { $0 > 1 }),
      dilation.contains(where: { $0 > 1 })
    else { return }
    throw ConfigurationError(
      "strides \(strides) and dilation_rate \(dilation) exclude each other in Keras, which could not open the model",
      at: "layer '\(node.name)' (\(node.className))", advice: "make one of them 1")
  }

  private static func extents(_ value: ConfigurationValue?) -> [Int]? {
    guard case .array(let numbers) = value else { return nil }
    return numbers.compactMap { if case .int(let number) = $0 { number } else { nil } }
  }
}
