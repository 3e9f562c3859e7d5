import OneDNN

/// A channel for each category: 1 where the input has its number, 0 elsewhere.
///
/// - Input: `[…, 1]`, category numbers from 0; output: `[…, classes]`. A value that is no category's number gives zeros.
///
/// Keras has it as `CategoryEncoding` with `output_mode="one_hot"`.
public struct OneHot: Layer {
  /// Its name in files.
  public static let kind = "OneHot"
  /// Other names it goes by.
  public static let aliases = ["CategoryEncoding"]
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(OneHot(classes: 4), on: [3, 2, 1]), LayerExample(OneHot(classes: 3), on: [1]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The number of categories.
  public var classes: Int

  /// A channel for each of so many categories.
  public init(classes: Int) { self.classes = classes }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, classes, tokens = "num_tokens", outputMode = "output_mode", sparse
  }

  /// Reads `classes`, or Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    classes = try container.decodeCount(forKey: container.contains(.tokens) ? .tokens : .classes)
    try container.require("one_hot", forKey: .outputMode)
    try container.require(false, forKey: .sparse)
  }

  /// Writes the number of categories.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(classes, forKey: .classes)
  }

  /// The input's with a channel for each category.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    guard input.channels == 1 else {
      throw ShapeError(
        expected: "one channel of category numbers", found: input, advice: "store the categories in one channel")
    }
    return Shape(input.spatial + [classes])
  }

  /// Creates the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan { try OneHotPlan(classes: classes, context) }

  /// Adds Keras' `CategoryEncoding`.
  public func addKerasLayers(to graph: inout KerasGraph, input: Shape, from source: String) throws -> String {
    graph.append(
      "CategoryEncoding", ["num_tokens": .int(classes), "output_mode": .string("one_hot")],
      named: name ?? Self.defaultName,
      from: [source])
  }
}

private final class OneHotPlan: LayerPlan {
  let output: Tensor
  private let input: Tensor  // plain
  private let classes: Int
  private let context: PlanContext
  private var forwardPass = Pass()

  init(classes: Int, _ context: PlanContext) throws {
    self.classes = classes
    self.context = context
    input = try forwardPass.reorder(
      context.input, to: .plain(context.dimensions(of: context.inputShape)), on: context.engine)
    output = try Tensor(.plain(context.dimensions(of: context.outputShape)), on: context.engine)
  }

  /// A step has no slope: the gradient is zero.
  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    needsInputGradient ? try Tensor(input.descriptor, on: context.engine) : nil
  }

  func forward() throws(OneDNNError) {
    try forwardPass.execute()
    let (numbers, channels) = (input.floats, output.floats)
    channels.update(repeating: 0)
    for place in numbers.indices {
      if let category = Int(exactly: numbers[place]), (0..<classes).contains(category) {
        channels[place * classes + category] = 1
      }
    }
  }

  func backward() {}
}
