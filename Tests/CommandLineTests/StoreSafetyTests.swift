import Datasets
import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// What could be lost or mixed up without a word: sources, damage, the numbers of classes.
  @Suite struct StoreSafetyTests {
    private static func write(_ names: [String], to path: String) throws {
      let labels = (0..<40).map { Int32($0 % names.count) }
      let samples = ImageStoreWriter.Samples(
        images: .uint8((0..<40 * 16).map { UInt8($0 % 11) }), imageShape: [4, 4, 1], labels: .classes(labels))
      try ImageStoreWriter.write([.train: samples, .test: samples], classNames: names, to: path)
    }

    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        ["split", "own.h5", "--split", "0.5/0.5", "--all"], ["merge", "own.h5", "other.h5"],
      ]) func sourcesStay(command: [String]) throws
    {
      let folder = try TemporaryFolder()
      for name in ["own.h5", "other.h5"] { try Self.write(["a", "b"], to: folder(name)) }
      let before = try Data(contentsOf: URL(filePath: folder("own.h5")))
      for output in ["own.h5", "./own.h5"] {
        let result = try BuiltProgram.run(["dataset"] + command + ["--output", output, "--force"], in: folder)
        #expect(result.status == 64, "\(result.output)\(result.errors)")
        #expect(result.errors.contains("is what it is made from"), "\(result.errors)")
      }
      #expect(try Data(contentsOf: URL(filePath: folder("own.h5"))) == before)
    }

    /// Copies would have new checksums, of the damage.
    @Test(.timeLimit(.minutes(1))) func damageIsNotCopied() throws {
      let folder = try TemporaryFolder()
      let made = try BuiltProgram.run(
        ["dataset", "synthesize", "stripes", "--count", "60", "--output", "a.h5"], in: folder)
      try #require(made.status == 0, "\(made.errors)")
      var bytes = try Data(contentsOf: URL(filePath: folder("a.h5")))
      let images = try File(opening: folder("a.h5")).dataset(at: "/train/images").values(as: UInt8.self)
      let place = try #require(bytes.firstRange(of: Data(images.prefix(256))))
      bytes[place.lowerBound + 100] ^= 0xFF
      try bytes.write(to: URL(filePath: folder("a.h5")))
      for command in [["split", "a.h5", "--split", "0.5/0.5"], ["merge", "a.h5", "a.h5"]] {
        let result = try BuiltProgram.run(["dataset"] + command + ["--output", "b.h5"], in: folder)
        #expect(result.status == 65, "\(result.output)\(result.errors)")
        #expect(result.errors.contains("another SHA-256"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder("b.h5")))
      }
    }

    /// A checksum that cannot be compared is no checksum that is right.
    @Test(.timeLimit(.minutes(1))) func checksumsThatDoNotFit() throws {
      let folder = try TemporaryFolder()
      let file = try File.inMemory()
      try file.writeAttribute("format", "cnn-dist image store", of: "/")
      try file.writeAttribute("version", 1, of: "/")
      try file.write([UInt8](repeating: 1, count: 64), shape: [4, 4, 4, 1], to: "/train/images")
      try file.write([Int32](repeating: 0, count: 4), shape: [4], to: "/train/labels")
      try file.write([UInt8](repeating: 0, count: 32), shape: [1, 32], to: "/checksums/train/images")
      try file.writeAttribute("rows_per_block", 0, of: "/checksums/train/images")
      try AtomicFile.write(file.image(), to: folder("s.h5"))
      let result = try BuiltProgram.run(["dataset", "verify", "s.h5"], in: folder)
      #expect(result.status == 65, "\(result.output)\(result.errors)")
      #expect(result.output.contains("/checksums/train/images: expected a SHA-256"), "\(result.output)")
    }

    @Test(.timeLimit(.minutes(1))) func otherNumbersOfClasses() throws {
      let folder = try TemporaryFolder()
      try Self.write(["ant", "bee", "cat"], to: folder("three.h5"))
      try Self.write(["bee", "cat"], to: folder("two.h5"))
      let model = "model={layers: [Flatten, {Dense: {units: 3, activation: softmax}}]}"
      let trained = try BuiltProgram.run(
        ["train", "--store", "three.h5", "--set", model, "--epochs", "1", "--output", "run"], in: folder)
      try #require(trained.status == 0, "\(trained.errors)")
      let own = try BuiltProgram.run(["evaluate", "run", "--store", "three.h5"], in: folder)
      #expect(own.status == 0, "\(own.errors)")
      let other = try BuiltProgram.run(["evaluate", "run", "--store", "two.h5"], in: folder)
      #expect(other.status == 65, "\(other.output)\(other.errors)")
      #expect(other.errors.contains(#"["ant", "bee", "cat"]"#), "\(other.errors)")
    }

    @Test(.timeLimit(.minutes(1))) func openForWritingElsewhere() throws {
      let folder = try TemporaryFolder()
      try Self.write(["a", "b"], to: folder("s.h5"))
      let descriptor = open(folder("s.h5"), O_RDWR)
      defer { close(descriptor) }
      try #require(flock(descriptor, LOCK_EX) == 0)
      let result = try BuiltProgram.run(["dataset", "inspect", "s.h5"], in: folder)
      #expect(result.status == 74, "\(result.errors)")
      #expect(result.errors.contains("another program has it open for writing"), "\(result.errors)")
    }
  }
}
