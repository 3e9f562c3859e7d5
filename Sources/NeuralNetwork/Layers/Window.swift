import OneDNN

/// Windows that slide over the spatial dimensions of a sample: the length of a signal, or height and width of an image.
struct Window {
  /// The extent of the window, one number for each spatial dimension.
  let size: [Int]
  let strides: [Int]
  let dilation: [Int]
  let padding: Padding

  init(size: [Int], strides: [Int], dilation: [Int]? = nil, padding: Padding) {
    self.size = size
    self.strides = strides
    self.dilation = dilation ?? size.map { _ in 1 }
    self.padding = padding
  }

  /// What a window may reach over, and hold: larger than any image, and few enough to go through for every output.
  private static let greatestExtent = 1 << 20

  /// The spatial dimensions of the result, and how the windows lie.
  ///
  /// - Throws: ``ShapeError`` if the input has not as many spatial dimensions, or is smaller than the window.
  func slide(over input: Shape) throws(ShapeError) -> (output: [Int], geometry: WindowGeometry) {
    guard input.rank == size.count + 1 else {
      throw ShapeError(
        expected: size.count == 2 ? "images (height, width, channels)" : "signals (length, channels)", found: input,
        advice: "check the layers before, or the store")
    }
    guard extents.allSatisfy({ $0 <= Self.greatestExtent }), size.reduce(1, *) <= Self.greatestExtent else {
      throw ShapeError(
        expected: "windows of at most \(Self.greatestExtent) values instead of "
          + extents.map(String.init).joined(separator: "×"), found: input, advice: "use a smaller window")
    }
    var output: [Int] = []
    var geometry = WindowGeometry(strides: strides, dilation: dilation, paddingBefore: [], paddingAfter: [])
    for (axis, length) in input.spatial.enumerated() {
      let stride = strides[axis]
      let (before, after) = padding.amounts(axis: axis, length: length, extent: extents[axis], stride: stride)
      guard length + before + after >= extents[axis] else {
        throw ShapeError(
          expected: "at least \(extents.map(String.init).joined(separator: "×")) values", found: input,
          advice: "use a smaller window, fewer poolings before it, or padding: same")
      }
      output.append((length + before + after - extents[axis]) / stride + 1)
      geometry.paddingBefore.append(before)
      geometry.paddingAfter.append(after)
    }
    return (output, geometry)
  }

  private var extents: [Int] { zip(size, dilation).map { ($0 - 1) * $1 + 1 } }
}

/// Keras' way of writing one number for each spatial dimension: one for all of them, or a list.
struct Extents: Codable, Sendable, Equatable {
  let values: [Int]

  init(_ values: [Int]) { self.values = values }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    values = try (try? container.decode(Int.self)).map { [$0] } ?? container.decode([Int].self)
    guard !values.isEmpty, values.allSatisfy({ (1...Int(Int32.max)).contains($0) }) else {
      throw ConfigurationError(
        "expected whole numbers from 1 to \(Int32.max), found \(values)",
        at: ConfigurationError.place(decoder.codingPath))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }

  /// The same for `rank` dimensions: a single number counts for all.
  func expanded(to rank: Int, at place: String) throws -> [Int] {
    if values.count == rank { return values }
    guard values.count == 1 else {
      throw ConfigurationError("expected 1 or \(rank) whole numbers, found \(values)", at: place)
    }
    return Array(repeating: values[0], count: rank)
  }
}

extension KeyedDecodingContainer {
  /// One number from 1 up for each of `rank` spatial dimensions, if the key is written.
  func decodeExtents(rank: Int, forKey key: Key) throws -> [Int]? {
    try decodeIfPresent(Extents.self, forKey: key)?
      .expanded(to: rank, at: ConfigurationError.place(codingPath + [key]))
  }
}
