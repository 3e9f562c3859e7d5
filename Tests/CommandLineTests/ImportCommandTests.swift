import Datasets
import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Imports by the built program, of what Pillow and NumPy wrote for the tests of the importers.
  @Suite struct ImportCommandTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "DatasetsTests/Fixtures").path(percentEncoded: false)

    private func run(_ words: [String], in folder: TemporaryFolder, status: Int32 = 0) throws -> MPIRun.Result {
      let result = try BuiltProgram.run(["dataset", "import"] + words, in: folder)
      #expect(result.status == status, "\(words): \(result.output)\(result.errors)")
      return result
    }

    private func names(_ folder: TemporaryFolder) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    /// The images of a part, whose pixels are bytes.
    private func images(_ path: String, _ split: SplitName = .train) throws -> [[UInt8]] {
      let source = try StoreSource(of: ImageStore(opening: path), split: split)
      return try (0..<source.count).map { index in
        var image = [UInt8](repeating: 0xAA, count: source.bytesPerImage)
        try image.withUnsafeMutableBytes { try source.copyImage(index, into: $0) }
        return image
      }
    }

    private func classes(_ path: String, _ split: SplitName = .train) throws -> [Int32] {
      let labels = try StoreSource(of: ImageStore(opening: path), split: split).labels
      if case .classes(let classes) = labels { return classes }
      return []
    }

    // MARK: Pictures

    /// A picture without a palette of `height` rows, the topmost first, of blue, green and red in turn.
    private func bmp(_ pixels: [UInt8], height: Int, width: Int) -> Data {
      func number(_ value: Int, _ count: Int = 4) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
      let padding = [UInt8](repeating: 0, count: (4 - 3 * width % 4) % 4)
      var rows: [UInt8] = []
      for row in (0..<height).reversed() { rows += Array(pixels[row * 3 * width..<(row + 1) * 3 * width]) + padding }
      var file = Data("BM".utf8)
      for value in [54 + rows.count, 0, 54, 40, width, height] { file += number(value) }
      for value in [1, 24] { file += number(value, 2) }
      for value in [0, rows.count, 0, 0, 0, 0] { file += number(value) }
      return file + rows
    }

    /// Two classes with a picture of 2×6 each, of columns of one grey, and a third picture that is cut off.
    private func pictures() throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      for (name, first) in [("cats", 10), ("dogs", 100)] {
        let directory = folder("pictures/\(name)")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let row = (0..<6).flatMap { [UInt8](repeating: UInt8(first + 20 * $0), count: 3) }
        try bmp(row + row, height: 2, width: 6).write(to: URL(filePath: "\(directory)/1.bmp"))
      }
      let whole = try Data(contentsOf: URL(filePath: "\(Self.fixtures)/pictures/birds/colour.png"))
      try whole.prefix(whole.count / 2).write(to: URL(filePath: folder("pictures/dogs/2.png")))
      return folder
    }

    @Test func picturesAreCroppedAndGrey() throws {
      let folder = try pictures()
      let result = try run(
        ["folder", "pictures", "--size", "2x2", "--fit", "crop", "--grey", "--output", "new.h5", "--keep-order"],
        in: folder)
      #expect(result.output.contains("train       2 images 2×2×1 uint8, 2 classes"), "\(result.output)")
      #expect(result.output.contains("\nclasses     cats, dogs\n"), "\(result.output)")
      #expect(result.output.contains(/\nskipped     1\n  pictures\/dogs\/2\.png: .+\n/), "\(result.output)")
      // The two columns in the middle; the weights of grey add up to 1.
      #expect(try images(folder("new.h5")) == [[50, 70, 50, 70], [140, 160, 140, 160]])
      #expect(try classes(folder("new.h5")) == [0, 1])
    }

    @Test func picturesAreStretchedInColour() throws {
      let folder = try pictures()
      _ = try run(["folder", "pictures", "--size", "1x2", "--output", "new.h5", "--keep-order"], in: folder)
      // The mean of three columns.
      #expect(try images(folder("new.h5")) == [[30, 30, 30, 90, 90, 90], [120, 120, 120, 180, 180, 180]])
    }

    @Test func strictly() throws {
      let folder = try pictures()
      let broken = try run(
        ["folder", "pictures", "--size", "2", "--strict", "--output", "new.h5"], in: folder, status: 65)
      #expect(broken.messages.count == 1 && broken.errors.contains("pictures/dogs/2.png"), "\(broken.errors)")
      #expect(broken.output.isEmpty)
      let flag = try run(["folder", "pictures", "--fit", "crop", "--output", "new.h5"], in: folder, status: 64)
      #expect(flag.errors.contains("--fit needs --size"), "\(flag.errors)")
      let none = try run(["folder", "none", "--output", "new.h5"], in: folder, status: 66)
      #expect(none.messages.count == 1, "\(none.errors)")
      #expect(try names(folder) == ["pictures"])
    }

    /// Killed while the pictures, of which there are more than enough for ten seconds, are decoded into a file without a
    /// name: nothing is left.
    @Test(.timeLimit(.minutes(1)), arguments: [SIGTERM, SIGKILL]) func aKilledImportLeavesNothing(signal: Int32) throws
    {
      let folder = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: folder("pictures/a"), withIntermediateDirectories: true)
      try bmp([UInt8](repeating: 7, count: 3 * 1200 * 1200), height: 1200, width: 1200)
        .write(to: URL(filePath: folder("pictures/a/0.bmp")))
      for number in 1..<600 {
        try FileManager.default.linkItem(atPath: folder("pictures/a/0.bmp"), toPath: folder("pictures/a/\(number).bmp"))
      }
      let job = try BuiltProgram.start(
        ["dataset", "import", "folder", "pictures", "--size", "400", "--output", "new.h5"], in: folder)
      let files = "/proc/\(job.processIdentifier)/fd"
      func isDecoding() -> Bool {
        ((try? FileManager.default.contentsOfDirectory(atPath: files)) ?? []).contains { name in
          guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(files)/\(name)") else {
            return false
          }
          return path.contains("/.cnn-dist-") && path.hasSuffix(" (deleted)")
        }
      }
      while job.isRunning && !isDecoding() { usleep(5_000) }
      usleep(200_000)
      #expect(job.isRunning)
      kill(job.processIdentifier, signal)
      let result = try job.wait()
      #expect(result.status == 128 + signal, "\(result.output)\(result.errors)")
      #expect(try names(folder) == ["pictures"])
    }

    // MARK: Arrays and tables

    /// Pixel (row, column) of image n, as make_formats.py computes it.
    private func formula(_ index: Int, _ height: Int, _ width: Int) -> [UInt8] {
      (0..<height * width).map { UInt8((37 * index + 11 * ($0 / width) + 5 * ($0 % width)) % 256) }
    }

    @Test func arrays() throws {
      let folder = try TemporaryFolder()
      let source = "\(Self.fixtures)/numpy/mnist.npz"
      let result = try run(["npz", source, "--output", "new.h5", "--keep-order"], in: folder)
      #expect(result.output.contains("train       6 images 5×4×1 uint8"), "\(result.output)")
      #expect(try images(folder("new.h5")) == (0..<6).map { formula($0, 5, 4) })
      #expect(try images(folder("new.h5"), .test) == (100..<103).map { formula($0, 5, 4) })
      #expect(try classes(folder("new.h5")) == (0..<6).map { Int32((3 * $0 + 1) % 10) })
      let kinds = "\(Self.fixtures)/numpy/kinds.npz"
      let unnamed = try run(["npz", kinds, "--output", "no.h5"], in: folder, status: 65)
      #expect(unnamed.messages.count == 1 && unnamed.errors.contains("--images"), "\(unnamed.errors)")
      // False and true are bytes, in a store as well.
      let named = ["npz", kinds, "--images", "bool", "--labels", "labels i8", "--output", "bool.h5", "--keep-order"]
      _ = try run(named, in: folder)
      #expect(try images(folder("bool.h5")) == (0..<5).map { formula($0, 3, 5).map { $0 > 100 ? 1 : 0 } })
      #expect(try names(folder) == ["bool.h5", "new.h5"])
    }

    @Test func tables() throws {
      let folder = try TemporaryFolder()
      let kaggle = "\(Self.fixtures)/csv/kaggle.csv"
      let result = try run(["csv", kaggle, "--labels", "label", "--output", "new.h5", "--keep-order"], in: folder)
      #expect(result.output.contains("train       5 images 4×4×1 uint8"), "\(result.output)")
      #expect(try images(folder("new.h5")) == (0..<5).map { formula($0, 4, 4) })
      #expect(try classes(folder("new.h5")) == [1, 0, 3, 2, 1])
      let unclear = "\(Self.fixtures)/csv/unclear.csv"
      for (labels, message) in [("-9223372036854775808", "from 1 to 17"), ("18", "from 1 to 17")] {
        let none = try run(["csv", unclear, "--labels=\(labels)", "--output", "no.h5"], in: folder, status: 65)
        #expect(none.messages.count == 1 && none.errors.contains(message), "\(none.errors)")
      }
      #expect(try names(folder) == ["new.h5"])
    }
  }
}
