/// Rows and columns of zeros around an image.
///
/// - Input: `[height, width, channels]`; output: `[top + height + bottom, left + width + right, channels]`.
public struct ZeroPadding2D: Layer {
  /// Its name in files: Keras' class name.
  public static let kind = "ZeroPadding2D"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(ZeroPadding2D(rows: (1, 1), columns: (1, 1)), on: [3, 4, 2]),
    LayerExample(ZeroPadding2D(rows: (0, 2), columns: (3, 1)), on: [2, 5, 1]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The rows added above and below.
  public var rows: (before: Int, after: Int)
  /// The columns added on the left and on the right.
  public var columns: (before: Int, after: Int)

  /// Adds so many rows and columns.
  public init(rows: (before: Int, after: Int), columns: (before: Int, after: Int)) {
    self.rows = rows
    self.columns = columns
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, padding }

  /// Reads Keras' settings: one number, one for rows and one for columns, or two pairs.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    let amounts: [[Int]]
    if try !container.contains(.padding) || container.decodeNil(forKey: .padding) {
      amounts = [[1, 1], [1, 1]]
    } else if let number = try? container.decode(Int.self, forKey: .padding) {
      amounts = [[number, number], [number, number]]
    } else if let numbers = try? container.decode([Int].self, forKey: .padding) {
      amounts = numbers.map { [$0, $0] }
    } else {
      amounts = try container.decode([[Int]].self, forKey: .padding)
    }
    let isPair = amounts.count == 2 && amounts.allSatisfy { $0.count == 2 }
    guard isPair, amounts.joined().allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
      throw ConfigurationError(
        "expected [[top, bottom], [left, right]], found \(amounts)",
        at: ConfigurationError.place(container.codingPath + [CodingKeys.padding]),
        advice: "write one number, two numbers, or two pairs, from 0 up")
    }
    rows = (amounts[0][0], amounts[0][1])
    columns = (amounts[1][0], amounts[1][1])
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode([[rows.before, rows.after], [columns.before, columns.after]], forKey: .padding)
  }

  /// The input's with the rows and columns that are added.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    guard input.rank == 3 else {
      throw ShapeError(
        expected: "images (height, width, channels)", found: input, advice: "check the layers before, or the store")
    }
    let spatial = input.spatial
    return Shape([
      spatial[0] + rows.before + rows.after, spatial[1] + columns.before + columns.after, input.channels,
    ])
  }

  /// Creates the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    try PaddingPlan([rows, columns], mode: .zeros, context)
  }
}
