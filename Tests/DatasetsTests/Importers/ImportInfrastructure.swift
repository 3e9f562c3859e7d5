import Archives
import Foundation
import Testing

@testable import Datasets

/// The path of a file or folder that Fixtures/make_formats.py wrote.
func formats(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/\(name)")
    .path(percentEncoded: false)
}

/// The pixels of image `index`, `[height, width, channels]`, as make_formats.py computes them.
func formulaPixels(_ index: Int, _ height: Int, _ width: Int, _ channels: Int = 1) -> [UInt8] {
  var pixels: [UInt8] = []
  for row in 0..<height {
    for column in 0..<width {
      for channel in 0..<channels { pixels.append(UInt8((37 * index + 11 * row + 5 * column + 3 * channel) % 256)) }
    }
  }
  return pixels
}

/// The classes of `count` images from `first` on, as make_formats.py computes them.
func formulaClasses(_ count: Int, of classes: Int, from first: Int = 0) -> StoredSamples.Labels {
  .classes((first..<first + count).map { Int32((3 * $0 + 1) % classes) })
}

/// Imports with these options.
func imported(
  _ kind: any Importer.Type, _ source: String, images: String? = nil, labels: String? = nil, size: (Int, Int)? = nil
) throws -> ImportedDataset {
  var options = ImportOptions()
  options.images = images
  options.labels = labels
  options.size = size.map { (height: $0.0, width: $0.1) }
  return try kind.init(source: source, options: options).read { _, _ in }
}

extension SampleSource {
  /// The pixels of an image that is stored as bytes.
  func bytes(_ index: Int) throws -> [UInt8] {
    #expect(storage == .uint8)
    var pixels = [UInt8](repeating: 0xAA, count: bytesPerImage)
    try pixels.withUnsafeMutableBytes { try copyImage(index, into: $0) }
    return pixels
  }

  /// The pixels of an image that is stored as numbers.
  func floats(_ index: Int) throws -> [Float] {
    #expect(storage == .float32)
    var pixels = [Float](repeating: .nan, count: bytesPerImage / 4)
    try pixels.withUnsafeMutableBytes { try copyImage(index, into: $0) }
    return pixels
  }

  /// Whether all images are those of the formula, from its image `first` on.
  func followsFormula(from first: Int = 0) throws -> Bool {
    try (0..<count).allSatisfy { index in
      try bytes(index) == formulaPixels(first + index, imageShape[0], imageShape[1], imageShape[2])
    }
  }
}

/// Expects an error of the importers' that says all of `words`.
func expectImportError(
  _ words: [String], _ kind: any Importer.Type, _ source: String, images: String? = nil, labels: String? = nil,
  size: (Int, Int)? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  do {
    let data = try imported(kind, source, images: images, labels: labels, size: size)
    for samples in data.splits.values {
      var room = [UInt8](repeating: 0, count: samples.bytesPerImage)
      for index in 0..<samples.count { try room.withUnsafeMutableBytes { try samples.copyImage(index, into: $0) } }
    }
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
  } catch {
    #expect(error is DatasetError || error is ArchiveError, sourceLocation: sourceLocation)
    for word in words {
      #expect("\(error)".contains(word), "\"\(word)\" is not in: \(error)", sourceLocation: sourceLocation)
    }
  }
}
