import Checksums
import HDF5

/// Checks a store through and through: checksums, the number of samples, every label, every pixel.
///
/// Reads by blocks of some megabytes, whatever the size of the store.
public struct StoreVerifier {
  /// What has been checked.
  public struct Report: Sendable {
    /// What is wrong, a line each: the dataset, the samples, and what was expected of them.
    public fileprivate(set) var findings: [String] = []
    /// The datasets whose checksums were compared.
    public fileprivate(set) var datasetsWithChecksums: [String] = []
    /// The datasets that have no checksums.
    public fileprivate(set) var datasetsWithoutChecksums: [String] = []
    /// The number of samples in all parts.
    public fileprivate(set) var sampleCount = 0
    /// How many bytes were checked.
    public fileprivate(set) var byteCount = 0
  }

  /// A dataset of the store.
  private struct Target {
    let path: String
    let byteCount: Int
    /// What each label must be below; nil if it is not a class.
    let classLimit: Int?
  }

  /// The findings that are named for each dataset; the rest is counted.
  private static let findingsPerDataset = 10

  private let path: String

  /// Takes the path of a store.
  public init(path: String) { self.path = path }

  /// Checks the store.
  ///
  /// - Parameter progress: told after every block how many bytes of how many are done.
  /// - Throws: `DatasetError` if the file cannot be opened at all, or holds no store.
  public func verify(progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws -> Report {
    let file: File
    do { file = try File(opening: path) } catch { throw DatasetError(opening: error) }
    var report = Report()
    let targets = try targets(in: file, &report)
    let total = targets.reduce(0) { $0 + $1.byteCount }
    for target in targets {
      do {
        try verify(target, in: file, &report) { progress($0, total) }
      } catch let error as HDF5Error {
        report.findings.append("\(target.path): \(error.detail)")
      }
    }
    do {
      // What the header says. Of labels out of range, which are found above, it names one again.
      let store = try ImageStore(opening: path)
      report.sampleCount = store.splits.values.reduce(0) { $0 + $1.count }
      if targets.isEmpty { try verify(foreign: store, &report, progress: progress) }
    } catch let error as DatasetError {
      if targets.isEmpty { throw error }
      if report.findings.isEmpty { report.findings.append(error.findingText) }
    } catch let error as HDF5Error {
      // What cannot be read now could not be read before, and is among the findings.
      if report.findings.isEmpty { throw error }
    }
    return report
  }

  /// Checks a store that has checksums before it is copied: what is damaged must not get checksums of its own.
  ///
  /// - Throws: `DatasetError` with the first finding, if there is one.
  public static func requireUndamaged(_ path: String) throws {
    let file: File
    do { file = try File(opening: path) } catch { throw DatasetError(opening: error) }
    guard try file.kind(of: BlockChecksums.group) == .group else { return }
    guard let finding = try StoreVerifier(path: path).verify().findings.first else { return }
    throw DatasetError(
      file: path, object: nil, expected: "a store that is as it was written", found: finding,
      advice: "cnn-dist dataset verify lists all of it; import it again, or copy it again from where it is whole")
  }

  /// Reads all pixels of a store in another program's format; its labels have been read when it was opened.
  private func verify(
    foreign store: ImageStore, _ report: inout Report, progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    let total = store.splits.values.reduce(0) { $0 + $1.count * $1.bytesPerImage }
    for name in SplitName.allCases where store.splits[name] != nil {
      let source = try StoreSource(of: store, split: name)
      try store.requireMemory(1, source.bytesPerImage, for: "/\(name)/images")
      let image = UnsafeMutableRawBufferPointer.allocate(byteCount: source.bytesPerImage, alignment: 64)
      defer { image.deallocate() }
      do {
        for index in 0..<source.count {
          try source.copyImage(index, into: image)
          report.byteCount += image.count
          progress(report.byteCount, total)
        }
      } catch let error as DatasetError {
        report.findings.append(error.findingText)
      } catch let error as HDF5Error {
        report.findings.append("/\(name): \(error.detail)")
      }
      report.datasetsWithoutChecksums.append("/\(name)")
    }
  }

  /// The images and labels of our own format that can be opened.
  private func targets(in file: borrowing File, _ report: inout Report) throws -> [Target] {
    let names = (try? file.attribute("class_names", of: "/", as: [String].self)) ?? []
    var targets: [Target] = []
    for name in SplitName.allCases {
      let location = Location(name)
      for path in [location.images, location.labels] {
        do {
          guard try file.kind(of: path) == .dataset else { continue }
          let dataset = try file.dataset(at: path)
          guard dataset.elementType.isNumeric, !dataset.shape.isEmpty, dataset.elementCount > 0 else { continue }
          let isClass = path == location.labels && dataset.elementType.kind != .float
          targets.append(
            Target(
              path: path, byteCount: dataset.elementCount * dataset.elementType.byteCount,
              classLimit: isClass ? (names.isEmpty ? Int(Int32.max) : names.count) : nil))
        } catch {
          report.findings.append("\(path): \(error.detail)")
        }
      }
    }
    return targets
  }

  /// Checks one dataset, block by block.
  private func verify(
    _ target: Target, in file: borrowing File, _ report: inout Report, progress: (_ done: Int) -> Void
  ) throws {
    let dataset = try file.dataset(at: target.path)
    let bytesPerRow = target.byteCount / dataset.shape[0]
    let checksums = try checksums(of: dataset, in: file, &report)
    if checksums == nil {
      report.datasetsWithoutChecksums.append(target.path)
    } else {
      report.datasetsWithChecksums.append(target.path)
    }
    let blocks = checksums?.blocks ?? BlockChecksums(rowCount: dataset.shape[0], bytesPerRow: bytesPerRow)
    var count = 0
    func add(_ finding: String) {
      count += 1
      if count <= Self.findingsPerDataset { report.findings.append("\(target.path): \(finding)") }
    }
    for block in 0..<blocks.blockCount {
      let rows = blocks.rows(ofBlock: block)
      if let checksums {
        let expected = checksums.digests[block * SHA256.byteCount..<(block + 1) * SHA256.byteCount]
        let found = try digest(of: rows, of: dataset, byteCount: rows.count * bytesPerRow)
        if !expected.elementsEqual(found) {
          add("samples \(rows.lowerBound) to \(rows.upperBound - 1): not the bytes that were written: another SHA-256")
        }
      }
      if dataset.elementType.kind == .float {
        for row in try rowsWithoutFiniteValues(rows, of: dataset) {
          add("sample \(row.index): expected finite numbers; found \(row.value)")
        }
      } else if let limit = target.classLimit {
        for (offset, value) in try dataset.values(rows: rows, as: Int64.self).enumerated()
        where value < 0 || value >= limit {
          add("sample \(rows.lowerBound + offset): expected a class from 0 to \(limit - 1); found \(value)")
        }
      }
      report.byteCount += rows.count * bytesPerRow
      progress(report.byteCount)
    }
    if count > Self.findingsPerDataset {
      report.findings.append("\(target.path): \(count - Self.findingsPerDataset) more samples or blocks")
    }
  }

  /// The checksums of a dataset; nil if it has none, or if they do not fit, which is a finding.
  ///
  /// - Throws: `HDF5Error` if they cannot be read.
  private func checksums(
    of dataset: borrowing Dataset, in file: borrowing File, _ report: inout Report
  ) throws -> (blocks: BlockChecksums, digests: [UInt8])? {
    let path = BlockChecksums.path(of: dataset.path)
    guard try file.exists(path) else { return nil }
    if try file.kind(of: path) == .dataset, try file.hasAttribute(BlockChecksums.rowsAttribute, of: path) {
      let rowsPerBlock = try file.attribute(BlockChecksums.rowsAttribute, of: path, as: Int.self)
      let digests = try file.dataset(at: path)
      if rowsPerBlock > 0 {
        let blocks = BlockChecksums(rowCount: dataset.shape[0], rowsPerBlock: min(rowsPerBlock, dataset.shape[0]))
        if digests.shape == [blocks.blockCount, SHA256.byteCount], digests.elementType == UInt8.elementType {
          return (blocks, try digests.values(as: UInt8.self))
        }
      }
    }
    report.findings.append(
      "\(path): expected a SHA-256 for each block of \(dataset.path), and rows_per_block; found others")
    return nil
  }

  private func digest(of rows: Range<Int>, of dataset: borrowing Dataset, byteCount: Int) throws -> [UInt8] {
    try DatasetError.requireMemory(1, byteCount, for: dataset.path, of: path)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
    defer { bytes.deallocate() }
    try dataset.readStored(rows: rows, into: bytes)
    return SHA256.digest(of: UnsafeRawBufferPointer(bytes))
  }

  /// The samples with a value that is NaN or infinite, and the first such value of each.
  private func rowsWithoutFiniteValues(
    _ rows: Range<Int>, of dataset: borrowing Dataset
  ) throws -> [(index: Int, value: Float)] {
    let values = try dataset.values(rows: rows, as: Float.self)
    let valuesPerRow = values.count / rows.count
    return values.indices.filter { !values[$0].isFinite }.reduce(into: []) { found, index in
      let row = rows.lowerBound + index / valuesPerRow
      if found.last?.index != row { found.append((row, values[index])) }
    }
  }
}

extension DatasetError {
  /// The error without the file, which is known.
  fileprivate var findingText: String {
    (object.map { "\($0): " } ?? "") + "expected \(expected); found \(found)"
  }
}
