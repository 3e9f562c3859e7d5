import HDF5

/// A file that is open as long as somebody reads from it.
final class StoreFile: Sendable {
  let file: File
  /// Its path.
  var name: String { file.name }

  /// Opens a file.
  ///
  /// - Throws: `DatasetError`, of kind `.notFound` if the file does not exist.
  init(opening path: String) throws(DatasetError) {
    do {
      file = try File(opening: path)
    } catch {
      throw DatasetError(opening: error)
    }
  }

  /// Whether a path leads to a dataset, or to something that cannot be read, which opening it will explain; links to other
  /// files lead nowhere.
  func hasDataset(_ path: String) -> Bool {
    do throws(HDF5Error) {
      return try file.kind(of: path) == .dataset
    } catch {
      return error.kind != .refused
    }
  }

  /// The error for an object that is not as it must be.
  func invalid(
    _ object: String?, expected: String, found: String, advice: String = "see datasets/README.md for the format"
  ) -> DatasetError {
    DatasetError(file: name, object: object, expected: expected, found: found, advice: advice)
  }
}

/// A dataset that has not been opened.
struct StoredDataset: Sendable {
  let file: StoreFile
  let path: String
  /// The axes of length 1 before that of the samples, which MATLAB's labels `[1, N]` have.
  var skippedAxes = 0

  /// Opens the dataset.
  ///
  /// - Throws: `DatasetError` if there is none, or it is one that is refused.
  func open(expecting expected: String = "a dataset of numbers") throws(DatasetError) -> Dataset {
    do {
      return try file.file.dataset(at: path, skippedAxes: skippedAxes)
    } catch {
      throw file.invalid(
        path, expected: expected, found: error.detail,
        advice: error.kind == .newer
          ? "h5py does so unless it is told otherwise" : "see datasets/README.md for the format")
    }
  }

  /// Opens the dataset, which must hold numbers.
  func openNumbers() throws(DatasetError) -> Dataset {
    let dataset = try open()
    guard dataset.elementType.isNumeric else {
      throw file.invalid(path, expected: "a dataset of numbers", found: "\(dataset.elementType)")
    }
    return dataset
  }
}
