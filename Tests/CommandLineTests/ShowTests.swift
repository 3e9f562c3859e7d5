import Datasets
import Foundation
import HDF5
import Pictures
import TestSupport
import Testing

extension ProgramTests {
  /// `cnn-dist dataset show`: what is drawn, and what is wrong.
  @Suite struct ShowTests {
    static func run(_ arguments: String..., in folder: TemporaryFolder) throws -> MPIRun.Result {
      try BuiltProgram.run(["dataset", "show"] + arguments, in: folder)
    }

    /// The grey in the middle of pixel (`x`, `y`) of the picture `index` of a grid with five 8×8 pictures in a row.
    static func pixel(_ grid: Picture, _ index: Int, _ x: Int, _ y: Int, columns: Int = 5) -> Int {
      let column = 16 + index % columns * (144 + 14) + x * 18 + 9
      let row = 16 + index / columns * (144 + 22 + 14) + y * 18 + 9
      return Int(grid.pixels[(row * grid.width + column) * 3])
    }

    /// Every pixel of the first digits, whose largest value, 16, is white.
    @Test func digits() throws {
      let folder = try TemporaryFolder()
      let result = try Self.run(BuiltProgram.digits, "--output", "grid.png", in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(
        result.output
          == "grid.png: 808×918, samples 0 to 24 of train in \(BuiltProgram.digits); white is 16, the largest value\n")
      let grid = try Picture(contentsOf: folder("grid.png"))
      let images = try File(opening: BuiltProgram.digits).dataset(at: "/train/images").values(as: Float.self)
      for index in 0..<25 {
        for y in 0..<8 {
          for x in 0..<8 {
            let expected = images[index * 64 + y * 8 + x] / 16 * 255
            #expect(Self.pixel(grid, index, x, y) == Int(expected.rounded()), "\(index): \(x), \(y)")
          }
        }
      }
    }

    /// Which samples are shown, and how many beside each other.
    @Test func choice() throws {
      let folder = try TemporaryFolder()
      let flags = ["--split", "test", "--first", "7", "--count", "3", "--columns", "2", "--output", "grid.JPG"]
      let result = try BuiltProgram.run(["dataset", "show", BuiltProgram.digits] + flags, in: folder)
      #expect(result.output.hasPrefix("grid.JPG: 334×378, samples 7 to 9 of test in "), "\(result.output)")
      let grid = try Picture(contentsOf: folder("grid.JPG"))
      let images = try File(opening: BuiltProgram.digits).dataset(at: "/test/images").values(as: Float.self)
      // JPEG blurs edges, but not the middle of a square by much.
      for index in 0..<3 {
        let expected = Int(images[(7 + index) * 64 + 4 * 8 + 4] / 16 * 255)
        #expect(abs(Self.pixel(grid, index, 4, 4, columns: 2) - expected) < 12)
      }
    }

    /// A shift by whole pixels, a different one each epoch; those of the transformer, and again the same.
    @Test func augmented() throws {
      let folder = try TemporaryFolder()
      let run = "augmentation: {width_shift_range: 3, height_shift_range: 2.5}\nseed: 5\nepochs: 3\n"
      try Data(run.utf8).write(to: URL(filePath: folder("run.yaml")))
      func grid(_ name: String, _ settings: String...) throws -> Data {
        let flags = ["--augmented", "4", "--sample", "11", "--output", name] + settings
        let result = try BuiltProgram.run(["dataset", "show", BuiltProgram.digits] + flags, in: folder)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains(", sample 11 of train in "))
        #expect(
          result.output.contains(", as it is and as epochs 1 to 4 of a run with seed 5 see it"), "\(result.output)")
        return try Data(contentsOf: URL(filePath: folder(name)))
      }
      let drawn = try grid("grid.png", "--config", "run.yaml")
      #expect(
        try drawn
          == grid(
            "again.png", "--set", "augmentation={width_shift_range: 3, height_shift_range: 2.5}", "--set", "seed=5"))

      var augmentation = Augmentation()
      (augmentation.widthShiftRange, augmentation.heightShiftRange) = (.wholePixels(3), .pixels(2.5))
      let transformer = ImageTransformer(augmentation, seed: 5)
      let samples = try StoredSamples(of: ImageStore(opening: BuiltProgram.digits), split: .train, range: 11..<12)
      let images = (0..<4).map { epoch in
        var image = [Float](repeating: 0, count: 64)
        image.withUnsafeMutableBufferPointer { transformer.copyImage(11, of: samples, epoch: epoch, into: $0) }
        return image
      }
      #expect(Set(images).count == 4)
      var original = [Float](repeating: 0, count: 64)
      var pixels = original.mutableSpan
      samples.copyImage(11, into: &pixels)
      let white = (original + images.joined()).max() ?? 0
      let picture = try Picture(contentsOf: folder("grid.png"))
      for (index, image) in ([original] + images).enumerated() {
        for place in 0..<64 {
          let expected = Int((image[place] / white * 255).rounded())
          #expect(abs(Self.pixel(picture, index, place % 8, place / 8, columns: 3) - expected) <= 1)
        }
      }
    }

    /// Numbers as pixels, numbers as labels, and two channels.
    @Test func numbers() throws {
      let folder = try TemporaryFolder()
      let pixels: [Float] = [-1, 9, 0, 9, 1, 9, 1e30, 9, 5, 0, 5, 1, 5, 2, 5, 3]
      let samples = ImageStoreWriter.Samples(
        images: .float32(pixels), imageShape: [2, 2, 2], labels: .values([0.5, -3e-7, 1e9, 2], width: 2))
      try ImageStoreWriter.write([.train: samples], to: folder("store.h5"))
      let result = try Self.run("store.h5", "--output", "grid.png", in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(
        result.output.hasSuffix(
          "store.h5; the first of 2 channels, as grey; black and white are the least and the largest value of each\n"))
      let grid = try Picture(contentsOf: folder("grid.png"))
      func grey(_ x: Int, _ y: Int) -> UInt8 { grid.pixels[(y * grid.width + x) * 3] }
      #expect([grey(20, 20), grey(120, 120)] == [0, 255])
      #expect(grey(16 + 158 + 20, 20) == 128)
    }

    @Test(
      arguments: [
        ("none.h5 --output a.png", 66, "none.h5"), ("digits --output a.txt", 64, "ends in .png or .jpg, found 'a.txt'"),
        ("digits --output a.png --first 5000", 64, "--first: expected an index from 0 to "),
        ("digits --output a.png --count 0", 64, "--count: expected a number from 1 to 1000, found 0"),
        ("digits --output a.png --sample 3", 64, "need --augmented"),
        ("digits --output a.png --augmented 3 --split test", 64, "--augmented shows a sample of train"),
        ("digits --output a.png --augmented 3 --sample 99999", 64, "--sample: expected an index"),
        ("digits --output a.png --augmented 3", 65, "expected settings that change images, found none"),
        ("digits --output a.png --augmented 3 --set augmentation={zoom_rang:1}", 65, "zoom_rang"),
        ("digits --output a.png --augmented 3 --config none.yaml", 66, "none.yaml"),
        ("digits --output none/a.png", 74, "none/a.png"),
      ]) func wrong(arguments: String, status: Int32, words: String) throws
    {
      let folder = try TemporaryFolder()
      let list = arguments.split(separator: " ").map { $0 == "digits" ? BuiltProgram.digits : String($0) }
      // Only the sample that is out of range needs settings.
      let settings = arguments.contains("99999") ? ["--set", "augmentation={horizontal_flip: true}"] : []
      let result = try BuiltProgram.run(["dataset", "show"] + list + settings, in: folder)
      #expect(result.status == status && result.errors.contains(words), "\(result.status): \(result.errors)")
      #expect(result.output.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
  }
}
