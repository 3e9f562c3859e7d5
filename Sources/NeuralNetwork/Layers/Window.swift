import OneDNN

/// How a window meets the edge of an image.
public enum Padding: String, Codable, Sendable, CaseIterable {
  /// Windows lie within the image: `o = floor((i - k) / s) + 1`.
  case valid
  /// As many windows as there are strides: `o = ceil(i / s)`; the smaller half of the padding comes first (top, left).
  case same

  /// Reads Keras' name.
  ///
  /// - Throws: ``ConfigurationError`` that names an unknown name and the known ones.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let padding = Padding(rawValue: name.lowercased()) else {
      throw ConfigurationError(
        "unknown padding '\(name)'", at: ConfigurationError.place(decoder.codingPath),
        advice: "known: \(Padding.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self = padding
  }
}

/// Windows that slide over the height and the width of an image.
struct Window2D {
  /// Height and width of the window.
  let size: [Int]
  let strides: [Int]
  let dilation: [Int]
  let padding: Padding

  /// The height and width of the result, and how the windows lie.
  ///
  /// - Throws: ``ShapeError`` if the input is no image, or smaller than the window.
  func slide(over input: Shape) throws(ShapeError) -> (output: [Int], geometry: WindowGeometry) {
    guard input.rank == 3 else {
      throw ShapeError(
        expected: "images (height, width, channels)", found: input, advice: "check the layers before, or the store")
    }
    var output: [Int] = []
    var geometry = WindowGeometry(strides: strides, dilation: dilation, paddingBefore: [], paddingAfter: [])
    for axis in 0..<2 {
      let (length, stride) = (input.spatial[axis], strides[axis])
      let extent = (size[axis] - 1) * dilation[axis] + 1
      switch padding {
      case .valid:
        guard length >= extent else {
          throw ShapeError(
            expected: "at least \(extentText) pixels", found: input,
            advice: "use a smaller window, fewer poolings before it, or padding: same")
        }
        output.append((length - extent) / stride + 1)
        geometry.paddingBefore.append(0)
        geometry.paddingAfter.append(0)
      case .same:
        let count = (length + stride - 1) / stride
        let total = max((count - 1) * stride + extent - length, 0)
        output.append(count)
        geometry.paddingBefore.append(total / 2)
        geometry.paddingAfter.append(total - total / 2)
      }
    }
    return (output, geometry)
  }

  private var extentText: String {
    zip(size, dilation).map { String(($0 - 1) * $1 + 1) }.joined(separator: "×")
  }
}

/// Keras' way of writing two numbers: one for both, or a list of two.
struct Pair: Codable, Sendable, Equatable {
  let values: [Int]

  init(_ first: Int, _ second: Int) { values = [first, second] }

  init(from decoder: any Decoder) throws {
    if let number = try? decoder.singleValueContainer().decode(Int.self) {
      values = [number, number]
    } else {
      values = try decoder.singleValueContainer().decode([Int].self)
    }
    guard values.count == 2, values.allSatisfy({ (1...Int(Int32.max)).contains($0) }) else {
      throw ConfigurationError(
        "expected one whole number from 1 up, or two, of at most \(Int32.max), found \(values)",
        at: ConfigurationError.place(decoder.codingPath))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}
