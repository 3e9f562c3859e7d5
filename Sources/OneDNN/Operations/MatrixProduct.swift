internal import COneDNN

/// A matrix in somebody else's memory, row after row without gaps.
public struct MatrixView {
  let values: UnsafePointer<Float>
  let rows: Int
  let columns: Int
  let isTransposed: Bool

  /// The matrix of `rows` rows and `columns` columns at `values`, which the caller keeps alive.
  public init(_ values: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.init(values: values, rows: rows, columns: columns, isTransposed: false)
  }

  private init(values: UnsafePointer<Float>, rows: Int, columns: Int, isTransposed: Bool) {
    self.values = values
    self.rows = rows
    self.columns = columns
    self.isTransposed = isTransposed
  }

  /// The same values with rows and columns exchanged; nothing is moved.
  public var transposed: MatrixView {
    MatrixView(values: values, rows: columns, columns: rows, isTransposed: !isTransposed)
  }

  /// Values from one row in memory to the next.
  fileprivate var stride: Int { isTransposed ? rows : columns }
  fileprivate var letter: CChar { CChar(UInt8(ascii: isTransposed ? "T" : "N")) }
}

extension Engine {
  /// Writes `left · right` to `result`, which has the rows of `left` and the columns of `right`, or adds it to what is there.
  ///
  /// Runs at once: unlike a primitive it need not be created, and takes other memory at every call. The library packs its
  /// operands into memory that it asks for itself.
  ///
  /// The corresponding C function is `dnnl_sgemm`.
  public func multiply(
    _ left: MatrixView, _ right: MatrixView, into result: UnsafeMutablePointer<Float>, adding: Bool = false
  ) throws(OneDNNError) {
    precondition(left.columns == right.rows, "\(left.columns) columns times \(right.rows) rows")
    try check(
      dnnl_sgemm(
        left.letter, right.letter, Int64(left.rows), Int64(right.columns), Int64(left.columns), 1, left.values,
        Int64(left.stride), right.values, Int64(right.stride), adding ? 1 : 0, result, Int64(right.columns)),
      "dnnl_sgemm")
  }
}
