import ArgumentParser
import HDF5
import NeuralNetwork
import Numerics
import Pictures
import Training

/// What the flags of `filter` mean.
enum FilterArguments {
  /// What stands beyond the edge.
  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case zeros, constant, nearest

    func with(value: Double?) -> PaddingMode {
      switch self {
      case .zeros: .zeros
      case .constant: .constant(value ?? 0)
      case .nearest: .nearest
      }
    }
  }

  /// What a window is reduced to.
  enum Pool: String, ExpressibleByArgument, CaseIterable {
    case max, average
  }

  /// One number for rows and columns, or both: `2`, `1x2`.
  static func extent(_ text: String) throws -> (rows: Int, columns: Int) {
    guard let (rows, columns) = pair(text), rows >= 1, columns >= 1 else {
      throw ValidationError("expected a whole number from 1 to \(most), or two, such as 1x2; found '\(text)'")
    }
    return (rows, columns)
  }

  /// `valid`, `same`, `full`, or one or two numbers.
  static func padding(_ text: String) throws -> Padding {
    switch text.lowercased() {
    case "valid": return .valid
    case "same": return .same
    case "full": return .full
    default:
      guard let (rows, columns) = pair(text) else {
        throw ValidationError("expected valid, same, full, or a whole number from 0 to \(most), found '\(text)'")
      }
      return .explicit([rows, columns])
    }
  }

  /// A function by Keras' name.
  static func activation(_ text: String) throws -> Activation {
    do {
      return try ConfigurationValue.string(text).decode(Activation.self)
    } catch let error as ConfigurationError {
      throw ValidationError(error.description)
    }
  }

  /// A larger one would only make large results.
  private static let most = 1000

  private static func pair(_ text: String) -> (Int, Int)? {
    let numbers = text.split(omittingEmptySubsequences: false) { "x×,".contains($0) }.map { Int($0) ?? -1 }
    guard (1...2).contains(numbers.count), numbers.allSatisfy({ (0...most).contains($0) }) else { return nil }
    return (numbers[0], numbers[numbers.count - 1])
  }

  /// A kernel by its name, or from a file: what has a folder or an extension is one.
  static func kernel(_ text: String) throws -> Matrix {
    guard text.utf8.contains(where: "/.".utf8.contains) else { return try FilterKernels.kernel(named: text).matrix }
    let matrix = try MatrixFile.matrix(in: FileReadError.contents(of: text, orPipe: true), named: text)
    guard matrix.rows <= most, matrix.columns <= most else {
      throw MatrixError(
        "expected a kernel of at most \(most)×\(most), found \(matrix.rows)×\(matrix.columns)", file: text)
    }
    return matrix
  }

  /// Whether a file of that name is written as a picture.
  static func isPicture(_ path: String) -> Bool {
    [".png", ".jpg", ".jpeg"].contains { path.lowercased().hasSuffix($0) }
  }

  /// `my-kernel` of `kernels/my-kernel.csv`.
  static func stem(_ path: String) -> String {
    Path.name(of: Path.withoutExtension(path))
  }
}

/// Matrices in files: as text, or as a YAML or JSON list of rows.
enum MatrixFile {
  /// The matrix in the bytes of a file.
  ///
  /// - Parameter orPicture: whether a picture would have done as well, for the message.
  static func matrix(in bytes: [UInt8], named name: String, orPicture: Bool = false) throws -> Matrix {
    guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
      throw MatrixError(
        orPicture
          ? "expected a picture (\(Picture.formats)) or a matrix, found neither text nor such a picture"
          : "expected a matrix as text, found something else", file: name)
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let first = lines.first { line in
      line.first { !$0.isWhitespace }.map { $0 != "#" } ?? false
    }?.drop(while: \.isWhitespace)
    // A row of numbers begins neither with a bracket nor with a dash by itself.
    guard let first, first.hasPrefix("[") || first.hasPrefix("- ") else {
      return try Matrix(parsing: text, named: name)
    }
    return try rows(of: ConfigurationTree(yaml: text, from: name).root, named: name)
  }

  private static func rows(of value: ConfigurationValue, named name: String) throws -> Matrix {
    guard case .array(let list) = value, !list.isEmpty else {
      throw MatrixError("expected a list of rows, such as [[1, 0], [0, 1]]", file: name)
    }
    var rows: [[Float]] = []
    for (index, row) in list.enumerated() {
      guard case .array(let numbers) = row, !numbers.isEmpty else {
        throw MatrixError("row \(index + 1): expected a list of numbers, found \(row)", file: name)
      }
      guard numbers.count == rows.first?.count ?? numbers.count else {
        throw MatrixError(
          "row \(index + 1): expected \(rows[0].count) numbers, as in the first row, found \(numbers.count)", file: name
        )
      }
      rows.append(
        try numbers.map { number in
          let value: Float? =
            switch number {
            case .int(let value): Float(value)
            case .double(let value): Float(value)
            default: nil
            }
          guard let value, value.isFinite else {
            throw MatrixError("row \(index + 1): expected a number, found \(number)", file: name)
          }
          return value
        })
    }
    return Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
  }
}
