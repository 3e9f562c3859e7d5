import OneDNN

/// The same values in another shape, in Keras' order: the channel runs fastest.
///
/// - Input: any shape; output: the target shape, in which one length may be -1: it follows from the others.
public struct Reshape: Layer {
  /// Its name in files: Keras' class name.
  public static let kind = "Reshape"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Reshape([5, 1]), on: [5, 1, 1]), LayerExample(Reshape([-1, 4]), on: [2, 6, 3]),
    LayerExample(Reshape([2, 3, 5]), on: [30]), LayerExample(Reshape([12]), on: [4, 3]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The shape of a sample of the output.
  public var targetShape: [Int]

  /// Reshapes to `targetShape`.
  public init(_ targetShape: [Int]) { self.targetShape = targetShape }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, targetShape = "target_shape" }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    targetShape = try container.decode([Int].self, forKey: .targetShape)
    let place = ConfigurationError.place(container.codingPath + [CodingKeys.targetShape])
    guard targetShape.filter({ $0 == -1 }).count <= 1 else {
      throw ConfigurationError("expected at most one length of -1, found \(targetShape)", at: place)
    }
    _ = try Shape(checking: targetShape.map { $0 == -1 ? 1 : $0 }, at: place)
  }

  /// The target shape; throws if it has another number of values.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    let known = targetShape.filter { $0 != -1 }.reduce(1, *)
    let shape = Shape(targetShape.map { $0 == -1 ? input.elementCount / known : $0 })
    guard shape.elementCount == input.elementCount else {
      throw ShapeError(
        expected: "as many values as \(targetShape) has", found: input, advice: "choose a target_shape that fits")
    }
    return shape
  }

  /// Creates the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan { try ReshapePlan(context) }
}

/// The plan of a layer that reads the values of its input in another shape.
final class ReshapePlan: LayerPlan {
  let output: Tensor
  private let context: PlanContext
  private let before: MemoryDescriptor
  private let after: MemoryDescriptor
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(_ context: PlanContext) throws {
    self.context = context
    before = try .plain(context.dimensions(of: context.inputShape))
    after = try .plain(context.dimensions(of: context.outputShape))
    let plain = try forwardPass.reorder(context.input, to: before, on: context.engine)
    output = try Tensor(viewing: plain, as: after, on: context.engine)
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    let plain = try backwardPass.reorder(outputGradient, to: after, on: context.engine)
    return try Tensor(viewing: plain, as: before, on: context.engine)
  }

  func forward() throws(OneDNNError) { try forwardPass.execute() }
  func backward() throws(OneDNNError) { try backwardPass.execute() }
}
