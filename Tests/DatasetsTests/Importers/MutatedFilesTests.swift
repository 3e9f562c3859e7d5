import Archives
import Foundation
import Numerics
import TestSupport
import Testing

@testable import Datasets

/// Files with some of their bytes changed, cut out or put in: whatever they are, the importers have samples or an error.
@Suite struct MutatedFilesTests {
  private static let kinds: [(any Importer.Type, String)] = [
    (IDXImporter.self, "idx/train-images-idx3-ubyte.gz"), (IDXImporter.self, "idx/t10k-images.idx3-ubyte"),
    (IDXImporter.self, "idx-types/int16-images-idx4-short"), (CIFAR10Importer.self, "cifar/cifar-10-binary.tar.gz"),
    (CIFAR10Importer.self, "cifar/cifar 10 mit Ümlaut.tar.xz"),
    (CIFAR100Importer.self, "cifar/cifar-100-binary.tar.gz"),
    (NPZImporter.self, "numpy/mnist.npz"), (NPZImporter.self, "numpy/stored.npz"),
    (NPZImporter.self, "numpy/medical.npz"), (NPYImporter.self, "numpy/pairs/x_train.npy"),
    (CSVImporter.self, "csv/digits.csv.gz"), (CSVImporter.self, "csv/kaggle.csv"), (CSVImporter.self, "csv/words.csv"),
    (CSVImporter.self, "csv/tabs.csv"), (CSVImporter.self, "csv/mnist_train.csv"),
  ]

  private static let labels = [
    "idx/train-images-idx3-ubyte.gz": "idx/train-labels-idx1-ubyte.gz",
    "idx/t10k-images.idx3-ubyte": "idx/t10k-labels.idx1-ubyte",
    "idx-types/int16-images-idx4-short": "idx-types/int16-labels-idx1-int",
    "numpy/pairs/x_train.npy": "numpy/pairs/y_train.npy",
  ]

  /// 40 mutations of each file by day, the same ones every time.
  @Test(arguments: kinds.indices) func samplesOrAnError(index: Int) throws {
    let (kind, name) = Self.kinds[index]
    let original = Array(try Data(contentsOf: URL(filePath: formats(name))))
    let folder = try TemporaryFolder()
    let path = folder("mutated")
    for number in 0..<amount("FUZZ_FILES", byDay: 40) {
      var bytes = original
      var stream = RandomStream(seed: UInt64(number), purpose: .augmentation, UInt32(index), 0)
      Self.mutate(&bytes) { Int(stream.uniform() * Float($0)) }
      try Data(bytes).write(to: URL(filePath: path))
      do {
        let data = try imported(kind, path, labels: Self.labels[name].map(formats))
        for samples in data.splits.values {
          #expect(samples.count > 0 && samples.imageShape.count == 3)
          var room = [UInt8](repeating: 0, count: samples.bytesPerImage)
          for sample in 0..<samples.count {
            try room.withUnsafeMutableBytes { try samples.copyImage(sample, into: $0) }
          }
        }
      } catch {
        #expect(error is DatasetError || error is ArchiveError, "mutation \(number): \(error)")
      }
    }
  }

  /// Changes up to four places, most of them near the beginning, where headers are; `draw` gives a number below another.
  private static func mutate(_ bytes: inout [UInt8], _ draw: (Int) -> Int) {
    for _ in 0...draw(4) where !bytes.isEmpty {
      let place = draw(2) == 0 ? draw(min(bytes.count, 128)) : draw(bytes.count)
      switch draw(6) {
      case 0: bytes[place] = UInt8(draw(256))
      case 1: bytes[place] ^= UInt8(1 << draw(8))
      case 2: bytes[place] = [0, 0x7F, 0x80, 0xFF][draw(4)]
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + draw(16)))
      case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + draw(16))], at: place)
      default: bytes.removeSubrange(draw(8) == 0 ? place..<bytes.count : place..<place)
      }
    }
  }
}
