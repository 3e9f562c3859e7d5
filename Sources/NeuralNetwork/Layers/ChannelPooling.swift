/// Pooling over neighbouring channels, the largest value or the mean: the documents' depth-wise pooling.
///
/// - Input: `[height, width, channels]` or `[length, channels]`; output: the same with
///   `floor((channels - pool_size) / strides) + 1` channels.
///
/// Keras has no such layer; its files say it as a pooling of images whose columns are the channels.
public struct ChannelPooling: Layer {
  /// Its name in files.
  public static let kind = "ChannelPooling"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(ChannelPooling(poolSize: 2), on: [3, 4, 6]),
    LayerExample(ChannelPooling(poolSize: 3, strides: 2, mode: .average), on: [2, 3, 8]),
    LayerExample(ChannelPooling(poolSize: 5), on: [4, 5]),
  ]

  /// What neighbouring channels are reduced to.
  public enum Mode: String, Codable, Sendable, CaseIterable {
    /// The largest.
    case max
    /// The mean.
    case average
  }

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The number of channels that are reduced to one.
  public var poolSize: Int
  /// Channels between neighbouring groups.
  public var strides: Int
  /// What they are reduced to.
  public var mode: Mode

  /// Pools groups of channels that do not overlap unless `strides` says so.
  public init(poolSize: Int = 2, strides: Int? = nil, mode: Mode = .max) {
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.mode = mode
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, poolSize = "pool_size", strides, mode }

  /// Reads the settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    poolSize = try container.decodeCountIfPresent(forKey: .poolSize) ?? 2
    strides = try container.decodeCountIfPresent(forKey: .strides) ?? poolSize
    let written = try container.decodeIfPresent(String.self, forKey: .mode) ?? Mode.max.rawValue
    guard let mode = Mode(rawValue: written) else {
      throw ConfigurationError(
        "unknown mode '\(written)'", at: ConfigurationError.place(container.codingPath + [CodingKeys.mode]),
        advice: "known: \(Mode.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.mode = mode
  }

  /// The input's with fewer channels.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    guard input.rank > 1, input.channels >= poolSize else {
      throw ShapeError(
        expected: "images or signals of at least \(poolSize) channels", found: input, advice: "use a smaller pool_size")
    }
    return Shape(input.spatial + [(input.channels - poolSize) / strides + 1])
  }

  /// The same as layers that Keras has.
  func chain(for input: Shape) -> [any Layer] {
    let places = input.spatial.reduce(1, *)
    let pooled = (input.channels - poolSize) / strides + 1
    let pooling: any Layer =
      switch mode {
      case .max: MaxPooling2D(poolSize: (1, poolSize), strides: (1, strides))
      case .average: AveragePooling2D(poolSize: (1, poolSize), strides: (1, strides))
      }
    return [Reshape([places, input.channels, 1]), pooling, Reshape(input.spatial + [pooled])]
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    try ChainPlan(chain(for: context.inputShape), context)
  }

  /// Adds the chain.
  public func addKerasLayers(to graph: inout KerasGraph, input: Shape, from source: String) throws -> String {
    try graph.append(chain(for: input), named: name ?? Self.defaultName, input: input, from: source)
  }
}
