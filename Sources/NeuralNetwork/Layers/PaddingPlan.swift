import OneDNN

/// Values added around the spatial dimensions: the plan of ``ZeroPadding2D``, and of convolutions that are padded with
/// something else than zeros.
final class PaddingPlan: LayerPlan {
  let output: Tensor
  private let input: Tensor  // plain
  private let context: PlanContext
  private let rows: [Int]  // of each row of the output the row of the input; -1 for the constant
  private let columns: [Int]
  private let inputColumns: Int
  private let channels: Int
  private let constant: Float
  private var outputGradient: Tensor?
  private var inputGradient: Tensor?
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  /// - Parameter amounts: the values added before and after, for each spatial dimension; there are one or two.
  init(_ amounts: [(before: Int, after: Int)], mode: PaddingMode, _ context: PlanContext) throws {
    self.context = context
    let spatial = context.inputShape.spatial
    func sources(of length: Int, _ amounts: (before: Int, after: Int)) -> [Int] {
      (-amounts.before..<length + amounts.after).map { place in
        mode == .nearest ? min(max(place, 0), length - 1) : (0..<length).contains(place) ? place : -1
      }
    }
    columns = sources(of: spatial[spatial.count - 1], amounts[amounts.count - 1])
    rows = spatial.count == 2 ? sources(of: spatial[0], amounts[0]) : [0]
    inputColumns = spatial[spatial.count - 1]
    channels = context.inputShape.channels
    if case .constant(let value) = mode { constant = Float(value) } else { constant = 0 }
    input = try forwardPass.reorder(
      context.input, to: .plain(context.dimensions(of: context.inputShape)), on: context.engine)
    output = try Tensor(.plain(context.dimensions(of: context.outputShape)), on: context.engine)
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    self.outputGradient = try backwardPass.reorder(outputGradient, to: output.descriptor, on: context.engine)
    inputGradient = try Tensor(input.descriptor, on: context.engine)
    return inputGradient
  }

  func forward() throws(OneDNNError) {
    try forwardPass.execute()
    let (source, destination) = (input.floats, output.floats)
    forEachPlace { from, to in
      for channel in 0..<channels { destination[to + channel] = from < 0 ? constant : source[from + channel] }
    }
  }

  func backward() throws(OneDNNError) {
    try backwardPass.execute()
    guard let outputGradient, let inputGradient else { return }
    let (source, destination) = (outputGradient.floats, inputGradient.floats)
    destination.update(repeating: 0)
    forEachPlace { to, from in
      if to >= 0 { for channel in 0..<channels { destination[to + channel] += source[from + channel] } }
    }
  }

  /// Calls `visit` with where the channels of each place of the output lie in the input, or -1, and in the output.
  private func forEachPlace(_ visit: (_ input: Int, _ output: Int) -> Void) {
    var place = 0
    let inputSize = context.inputShape.elementCount
    for sample in 0..<context.batchSize {
      for row in rows {
        for column in columns {
          let isInside = row >= 0 && column >= 0
          visit(isInside ? sample * inputSize + (row * inputColumns + column) * channels : -1, place)
          place += channels
        }
      }
    }
  }
}
