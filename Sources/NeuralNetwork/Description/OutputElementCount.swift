extension ModelDescription {
  /// The values that all layers put out for one sample of shape `input`, nested layers too: a measure of the memory of a
  /// forward pass.
  ///
  /// - Throws: ``ShapeError`` if the layers do not fit.
  public func outputElementCount(for input: Shape) throws(ShapeError) -> Int {
    try NeuralNetwork.outputElementCount(of: layers, for: input)
  }
}

private func outputElementCount(of layers: [any Layer], for input: Shape) throws(ShapeError) -> Int {
  var (shape, count) = (input, 0)
  for layer in layers {
    if let layer = layer as? any BranchedLayer {
      for branch in layer.branches { count += try outputElementCount(of: branch.layers.layers, for: shape) }
    }
    shape = try layer.outputShape(for: shape)
    count += shape.elementCount
  }
  return count
}
