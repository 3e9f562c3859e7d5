import Numerics

/// A kernel with a name.
public struct FilterKernel: Sendable {
  /// Its name on the command line.
  public let name: String
  /// What it does to a picture.
  public let effect: String
  /// Its values, `[height, width]`.
  public let matrix: Matrix

  init(_ name: String, _ effect: String, _ rows: [[Float]], dividedBy divisor: Float = 1) {
    self.name = name
    self.effect = effect
    matrix = Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 }.map { $0 / divisor })
  }
}

/// The kernels that have names.
///
/// Those from blur to top sobel are, by name and value, the ones of Victor Powell's page "Image Kernels Explained
/// Visually" (setosa.io/ev/image-kernels). They are applied as layers do it, unflipped.
public enum FilterKernels {
  /// All of them; a new one is one entry here.
  public static let all = [
    FilterKernel("identity", "leaves the picture as it is", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    FilterKernel("blur", "the mean, nearer pixels count more", [[1, 2, 1], [2, 4, 2], [1, 2, 1]], dividedBy: 16),
    FilterKernel("sharpen", "differences to the neighbours grow", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    FilterKernel("outline", "differences to all neighbours", [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    FilterKernel("emboss", "light from the top left", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    FilterKernel("sobel-top", "brighter above than below", [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
    FilterKernel("sobel-bottom", "brighter below than above", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    FilterKernel("sobel-left", "brighter left than right", [[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    FilterKernel("sobel-right", "brighter right than left", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    FilterKernel("box", "the mean of all nine", [[1, 1, 1], [1, 1, 1], [1, 1, 1]], dividedBy: 9),
    FilterKernel(
      "gaussian", "a wider blur",
      [[1, 4, 6, 4, 1], [4, 16, 24, 16, 4], [6, 24, 36, 24, 6], [4, 16, 24, 16, 4], [1, 4, 6, 4, 1]], dividedBy: 256),
    FilterKernel("laplacian", "the second derivatives added", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
  ]

  /// The kernel of that name.
  ///
  /// - Throws: ``ConfigurationError`` that names the nearest known name, and all of them.
  public static func kernel(named name: String) throws(ConfigurationError) -> FilterKernel {
    if let kernel = all.first(where: { $0.name == name.lowercased() }) { return kernel }
    let names = all.map(\.name)
    throw ConfigurationError(
      "unknown kernel '\(name)'", at: "--kernel",
      advice: (nearest(to: name, among: names).map { "did you mean '\($0)'? " } ?? "")
        + "known: \(names.joined(separator: ", ")), or a file with a matrix")
  }
}
