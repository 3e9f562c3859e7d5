import Numerics
import OneDNN

/// A network that is not trained: layers for pictures of one channel, with a kernel that is given.
///
/// It shows what a layer does: the numbers come from the layers that training uses.
public struct FilterNetwork {
  private let network: Network

  /// Lays out `layers` for pictures of so many rows and columns.
  ///
  /// - Parameter kernel: the weights of the one layer that has any, a convolution of one filter without bias.
  /// - Throws: ``ShapeError`` if the picture is smaller than a window, and what creating primitives throws.
  public init(_ layers: [any Layer], kernel: Matrix? = nil, rows: Int, columns: Int, on engine: Engine) throws {
    let model = ModelDescription(name: "filter", layers: layers)
    network = try Network(model, input: Shape([rows, columns, 1]), loss: nil, on: engine)
    precondition(network.table.parameterCount == kernel?.values.count ?? 0, "the kernel is what the layers need")
    guard let kernel, let place = network.table.entries.first?.range.lowerBound else { return }
    for (index, value) in kernel.values.enumerated() { network.parameters.floats[place + index] = value }
  }

  /// The output for a picture.
  public func callAsFunction(_ picture: Matrix) throws -> Matrix {
    try picture.values.withUnsafeBufferPointer {
      try network.load(NetworkBatch(count: 1, images: $0), for: .inference)
    }
    network.parametersChanged()
    _ = try network.forward()
    let shape = network.outputShape.dimensions
    return Matrix(rows: shape[0], columns: shape[1], values: Array(try network.outputs()))
  }
}
