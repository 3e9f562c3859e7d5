import HDF5
import Numerics

/// What the numbers of labels stand for.
enum LabelMeaning: String, Sendable {
  /// The number, or the one-hot row, of a class.
  case classes
  /// Numbers to predict.
  case values
}

/// How labels are stored.
enum LabelEncoding: Sendable, Equatable {
  /// The number of a class, in any type, `[N]` or with further axes of length 1.
  case number
  /// A row of `count` numbers, `[N, count]`: a 1 at the class, 0 elsewhere.
  case oneHot(count: Int)
  /// The name of a class.
  case name
  /// `width` numbers to predict.
  case values(width: Int)

  /// The encoding of a dataset in our own format, where the type alone decides; nil if the format has no such labels.
  init?(ownFormat labels: borrowing Dataset) {
    switch (labels.elementType.kind, labels.shape.count) {
    case (.float, 1): self = .values(width: 1)
    case (.float, 2) where labels.shape[1] > 0: self = .values(width: labels.shape[1])
    case (.signedInteger, 1), (.unsignedInteger, 1): self = .number
    default: return nil
    }
  }
}

/// Reads the labels of a part, in the form that memory keeps.
struct LabelReader: Sendable {
  let source: StoredDataset
  let encoding: LabelEncoding
  /// The numbers of the classes by name, if labels are names.
  var numbers: [String: Int32] = [:]

  /// The classes of samples.
  func classes(_ rows: Range<Int>) throws -> [Int32] {
    let dataset = try source.open()
    switch encoding {
    case .number: return try dataset.values(rows: rows)
    case .oneHot(let count): return try largest(in: dataset, rows, count)
    case .name: return try blocks(of: rows).flatMap { try names($0).map { numbers[$0] ?? -1 } }
    case .values: preconditionFailure("the labels are not classes")
    }
  }

  /// The numbers to predict of samples, `[samples, width]`.
  func values(_ rows: Range<Int>) throws -> [Float] {
    guard case .values = encoding else { preconditionFailure("the labels are classes") }
    return try source.open().values(rows: rows)
  }

  /// The classes that samples have, each once.
  func distinctClasses(_ rows: Range<Int>) throws -> Set<Int32> {
    var classes: Set<Int32> = []
    for block in try blocks(of: rows) { classes.formUnion(try self.classes(block)) }
    return classes
  }

  /// The names that samples have for labels, each once.
  func distinctNames(_ rows: Range<Int>) throws -> Set<String> {
    var names: Set<String> = []
    for block in try blocks(of: rows) { names.formUnion(try self.names(block)) }
    return names
  }

  private func names(_ rows: Range<Int>) throws -> [String] { try source.open().strings(rows: rows) }

  /// Parts of the rows that memory is taken for one after the other: whole chunks, of about a million numbers or more.
  func blocks(of rows: Range<Int>) throws -> [Range<Int>] {
    let dataset = try source.open()
    let width = dataset.shape.dropFirst().reduce(1, *)
    let size = max(rowsPerBlock(width), min(dataset.chunkShape?[0] ?? 1, rowsPerBlock(width) << 5))
    return stride(from: rows.lowerBound, to: rows.upperBound, by: size).map { $0..<min($0 + size, rows.upperBound) }
  }

  /// The positions of the ones.
  private func largest(in dataset: borrowing Dataset, _ rows: Range<Int>, _ width: Int) throws -> [Int32] {
    var classes: [Int32] = []
    classes.reserveCapacity(rows.count)
    var start = rows.lowerBound
    while start < rows.upperBound {
      let end = min(rows.upperBound, start + rowsPerBlock(width))
      let values: [Float] = try dataset.values(rows: start..<end)
      for row in 0..<end - start {
        classes.append(Int32((0..<width).first { values[row * width + $0] != 0 } ?? 0))
      }
      start = end
    }
    return classes
  }

  // MARK: Checks

  /// Makes sure that a machine could have the labels of so many samples, before the first is read.
  ///
  /// A few bytes can stand for thousands of millions, which take minutes to unpack. A rank needs its part of them only.
  func requireMemory(_ count: Int) throws {
    let width = if case .values(let width) = encoding { width } else { 1 }
    let (bytes, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride * max(1, width))
    guard overflows || bytes > MachineMemory.bytes else { return }
    throw source.file.invalid(
      source.path, expected: "labels that fit into memory", found: Text.count(count, "label"),
      advice: "use fewer samples, or a machine with more memory")
  }

  /// The largest class of numbered labels, or -1.
  ///
  /// - Throws: `DatasetError` that names the first label that is not below `limit`.
  func largestNumber(below limit: Int) throws -> Int {
    guard encoding == .number else { return -1 }
    let dataset = try source.openNumbers()
    var largest = -1
    for block in try blocks(of: 0..<dataset.shape[0]) {
      let values = try dataset.values(rows: block, as: Int64.self)
      largest = max(largest, Int(values.max() ?? -1))
      guard largest >= limit, let index = values.firstIndex(where: { $0 >= limit }) else { continue }
      throw source.file.invalid(
        source.path, expected: ClassLimit.expectation(limit),
        found: "label \(values[index]) at index \(block.lowerBound + index)", advice: ClassLimit.advice)
    }
    return largest
  }

  /// Checks every label; the error names the first bad one.
  func check(classCount: Int) throws {
    func bad(_ expected: String, _ found: String, _ advice: String) -> DatasetError {
      source.file.invalid(source.path, expected: expected, found: found, advice: advice)
    }
    let dataset = try source.open()
    let rows = 0..<(dataset.shape.first ?? 0)
    switch encoding {
    case .number:
      if dataset.elementType.kind == .float, let (row, value) = try firstRow(of: dataset, where: { !isWhole($0) }) {
        throw bad("whole numbers, as classes are", "\(value) at index \(row)", "write :values behind the path")
      }
      for block in try blocks(of: rows) {
        let values = try dataset.values(rows: block, as: Int64.self)
        guard let index = values.firstIndex(where: { $0 < 0 || $0 >= min(classCount, Int(Int32.max)) }) else {
          continue
        }
        throw bad(
          classCount > 0 ? "classes from 0 to \(classCount - 1)" : "classes from 0",
          "\(values[index]) at index \(block.lowerBound + index)",
          "number the classes from 0, and name each of them in class_names")
      }
    case .values:
      guard let (index, value) = try firstRow(of: dataset, where: { !$0.isFinite }) else { return }
      throw bad("finite numbers", "\(value) as value \(index)", "leave out the samples without a label")
    case .oneHot(let count):
      guard let row = try firstRowThatIsNotOneHot(dataset, width: count) else { return }
      throw bad(
        "rows with a single 1, as in the training part", "another one at index \(row)", "write one form of labels")
    case .name:
      for block in try blocks(of: rows) {
        guard let index = try names(block).firstIndex(where: { numbers[$0] == nil }) else { continue }
        throw bad(
          "names of the training part's classes", "another one at index \(block.lowerBound + index)",
          "leave such samples out")
      }
    }
  }
}

/// Whether a number can be that of a class.
private func isWhole(_ value: Double) -> Bool { value >= 0 && value < 0x1p31 && value == value.rounded(.down) }

/// The first value for which `condition` holds, and its position in row-major order.
private func firstRow(
  of dataset: borrowing Dataset, where condition: (Double) -> Bool
) throws -> (Int, Double)? {
  let width = dataset.shape.dropFirst().reduce(1, *)
  var start = 0
  while start < dataset.shape[0] {
    let end = min(dataset.shape[0], start + rowsPerBlock(width))
    let values: [Double] = try dataset.values(rows: start..<end)
    if let index = values.firstIndex(where: condition) { return (start * width + index, values[index]) }
    start = end
  }
  return nil
}

/// Whether all numbers could be those of classes.
func allAreWhole(_ dataset: borrowing Dataset) throws -> Bool {
  try firstRow(of: dataset, where: { !isWhole($0) }) == nil
}

/// The first row `[width]` that has anything but one 1 and zeros; nil if there is none.
func firstRowThatIsNotOneHot(_ dataset: borrowing Dataset, width: Int) throws -> Int? {
  var start = 0
  while start < dataset.shape[0] {
    let end = min(dataset.shape[0], start + rowsPerBlock(width))
    let values: [Double] = try dataset.values(rows: start..<end)
    for row in 0..<end - start {
      var (ones, others) = (0, 0)
      for index in row * width..<(row + 1) * width {
        if values[index] == 1 { ones += 1 } else if values[index] != 0 { others += 1 }
      }
      if ones != 1 || others > 0 { return start + row }
    }
    start = end
  }
  return nil
}

/// About a million numbers.
private func rowsPerBlock(_ width: Int) -> Int { max(1, (1 << 20) / max(1, width)) }
