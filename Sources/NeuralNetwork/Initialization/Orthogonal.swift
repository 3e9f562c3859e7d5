import Numerics

/// An orthogonal matrix times `gain`: the last axis is its columns, all others its rows.
///
/// Its columns are orthonormal or, where there are more columns than rows, its rows are: those of a normal matrix, each without
/// its parts along those before it. That is the Q of a QR decomposition whose R has a positive diagonal, as Keras takes it.
///
/// Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"
/// (2014).
public struct Orthogonal: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "Orthogonal"
  /// Other names it goes by.
  public static let aliases = ["OrthogonalInitializer"]

  /// What the matrix is multiplied with.
  public var gain: Double

  /// Values with Keras' defaults.
  public init(gain: Double = 1) {
    self.gain = gain
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case gain }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.initializerContainer(keyedBy: CodingKeys.self)
    gain = try container.decodeNumber(forKey: .gain, or: gain, .any)
  }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    let columns = max(1, shape.last ?? 1)
    let rows = values.count / columns
    let (count, length) = (min(rows, columns), max(rows, columns))
    var vectors: [[Double]] = []
    while vectors.count < count {
      var vector = (0..<length).map { _ in stream.normal() }
      // The second time takes away what rounding has left.
      for _ in 0..<2 {
        for other in vectors { Self.subtract(other, from: &vector) }
      }
      let norm = Self.product(vector, vector).squareRoot()
      // One that depends on those before it is drawn again.
      if norm > 1e-6 { vectors.append(vector.map { $0 / norm }) }
    }
    for index in 0..<values.count {
      let (row, column) = (index / columns, index % columns)
      values[index] = Float(gain * (rows >= columns ? vectors[column][row] : vectors[row][column]))
    }
  }

  private static func product(_ one: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for index in one.indices { sum += one[index] * other[index] }
    return sum
  }

  private static func subtract(_ direction: [Double], from vector: inout [Double]) {
    let part = product(direction, vector)
    for index in vector.indices { vector[index] -= part * direction[index] }
  }
}
