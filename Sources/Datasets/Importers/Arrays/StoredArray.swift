import Archives

/// An array of numbers in a file or in memory, `[N, …]`.
struct StoredArray: Sendable {
  /// The file, for messages.
  let file: String
  /// What it is called in the file; nil if it is all of it.
  let name: String?
  let format: NumberFormat
  let shape: [Int]
  /// Whether the first axis changes fastest, as in Fortran, instead of the last.
  var isFortranOrder = false
  /// The numbers, without a header.
  let source: ByteSource

  /// The length of the first axis.
  var count: Int { shape.first ?? 1 }

  /// The number of numbers of a shape; nil if their bytes are too many to be counted.
  static func elementCount(_ shape: [Int], byteCount: Int) -> Int? {
    var product = byteCount
    for length in shape {
      let (next, overflows) = product.multipliedReportingOverflow(by: length)
      guard !overflows, length >= 0 else { return nil }
      product = next
    }
    return product / byteCount
  }

  /// All numbers as labels.
  ///
  /// - Throws: `DatasetError` if they have more than two axes; `ArchiveError` if they cannot be read.
  func labels() throws -> RawLabels {
    try RawLabels.checkMemory(shape, byteCount: source.count, file: file, object: name)
    return try RawLabels(file: file, object: name, content: numbers(), shape: shape)
  }

  /// All numbers in row-major order, as whole numbers or others.
  private func numbers() throws -> RawLabels.Content {
    let bytes = try source.bytes(0..<source.count)
    let whole = bytes.withUnsafeBytes { format.integers($0) }
    if let whole { return .integers(rowMajor(whole)) }
    let floats = [Float](unsafeUninitializedCapacity: bytes.count / format.byteCount) { floats, count in
      count = floats.count
      guard let start = floats.baseAddress else { return }
      bytes.withUnsafeBytes { format.convert($0, to: start) }
      count = bytes.count / format.byteCount
    }
    return .floats(rowMajor(floats))
  }

  /// Brings the numbers from the file's order to that of rows; labels have one or two axes.
  private func rowMajor<T>(_ numbers: [T]) -> [T] {
    guard isFortranOrder, shape.count == 2 else { return numbers }
    return (0..<numbers.count).map { numbers[$0 / shape[1] + $0 % shape[1] * shape[0]] }
  }

  /// The error of an array that is not as it must be.
  func error(expected: String, found: String, advice: String) -> DatasetError {
    DatasetError(file: file, object: name, expected: expected, found: found, advice: advice)
  }
}
