import Datasets
import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// Stores that the program writes: what is in them, and what is left when they cannot be written.
  @Suite struct StoreCommandTests {
    private static let model = """
      layers:
        - Rescaling: {scale: 0.00392156862745098}
        - Conv2D: {filters: 8, kernel_size: 5, activation: relu}
        - MaxPooling2D: {pool_size: 4}
        - Flatten
        - Dense: {units: 4, activation: softmax}
      """

    private func run(_ words: String, in folder: TemporaryFolder, status: Int32 = 0) throws -> MPIRun.Result {
      let result = try BuiltProgram.run(words.split(separator: " ").map(String.init), in: folder)
      #expect(result.status == status, "\(words): \(result.output)\(result.errors)")
      return result
    }

    private func names(_ folder: TemporaryFolder) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func counts(_ path: String, _ split: SplitName) throws -> [Int] {
      let labels = try StoreSource(of: ImageStore(opening: path), split: split).labels
      guard case .classes(let classes) = labels else { return [] }
      return (0..<4).map { number in classes.count { $0 == number } }
    }

    @Test(arguments: ["blobs", "stripes"]) func aSmallNetworkLearnsClasses(kind: String) throws {
      let folder = try TemporaryFolder()
      try Data(Self.model.utf8).write(to: URL(filePath: folder("model.yaml")))
      let made = try run("dataset synthesize \(kind) --output made.h5 --count 1500 --test-count 300", in: folder)
      #expect(made.output.contains("1,500 images 16×16×1 uint8, 4 classes"), "\(made.output)")
      _ = try run(
        "train --store made.h5 --model model.yaml --epochs 6 --batch-size 50 --learning-rate 0.1 --output run --quiet",
        in: folder)
      let result = try run("evaluate run --split test", in: folder)
      // 25 % are guessed, and 100 % were reached.
      #expect(result.output.contains(/accuracy (9[5-9]\.\d|100\.0) %/), "\(result.output)")
    }

    @Test func aNetworkLearnsSlopes() throws {
      let folder = try TemporaryFolder()
      let made = try run("dataset synthesize slopes --output made.h5 --count 1000 --test-count 200", in: folder)
      #expect(made.output.contains("to train    cnn-dist train --store made.h5 --model "), "\(made.output)")
      let words = "train --store made.h5 --model byhand-cnn --loss mean_squared_error"
      _ = try run("\(words) --epochs 20 --batch-size 20 --learning-rate 0.1 --output run --quiet", in: folder)
      let result = try run("evaluate run --split test", in: folder)
      // The mean would have an r2 of 0; 0.986 was reached.
      #expect(result.output.contains(/r2 0\.9[5-9]/), "\(result.output)")
    }

    @Test func theSameSeedGivesTheSameBytes() throws {
      let folder = try TemporaryFolder()
      _ = try run("dataset synthesize blobs --output a.h5 --count 100 --test-count 20", in: folder)
      for (name, flags) in [("b", ""), ("c", " --seed 3"), ("d", " --seed 3"), ("e", " --keep-order")] {
        _ = try run("dataset split a.h5 --split 0.8/0.2 --output \(name).h5\(flags)", in: folder)
      }
      func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: folder("\(name).h5"))) }
      #expect(try bytes("c") == bytes("d"))
      #expect(try bytes("b") != bytes("c"))
      #expect(try bytes("b") != bytes("e"))
      for name in ["b", "c", "e"] {
        #expect(try counts(folder("\(name).h5"), .train) == [20, 20, 20, 20])
        #expect(try counts(folder("\(name).h5"), .validation) == [5, 5, 5, 5])
        #expect(try counts(folder("\(name).h5"), .test) == [5, 5, 5, 5])
        _ = try run("dataset verify \(name).h5", in: folder)
      }
      let merged = try run("dataset merge b.h5 c.h5 --output merged.h5", in: folder)
      #expect(merged.output.contains("merged.h5: 240 images"), "\(merged.output)")
      let anew = try run("dataset split merged.h5 --all --split 0.5/0.25/0.25 --output anew.h5", in: folder)
      #expect(anew.output.contains("train       120 images"), "\(anew.output)")
      #expect(try counts(folder("anew.h5"), .validation) == [15, 15, 15, 15])
    }

    @Test func verifyFindsDamage() throws {
      let folder = try TemporaryFolder()
      _ = try run("dataset synthesize stripes --output made.h5 --count 40", in: folder)
      let whole = try run("dataset verify made.h5", in: folder)
      #expect(
        whole.output.contains("made.h5: 40 samples") && whole.output.contains("all as written"), "\(whole.output)")
      var bytes = try Data(contentsOf: URL(filePath: folder("made.h5")))
      // Somewhere among the pixels, which are most of the file.
      bytes[bytes.count / 2] ^= 64
      try bytes.write(to: URL(filePath: folder("made.h5")))
      let damaged = try run("dataset verify made.h5", in: folder, status: 65)
      #expect(damaged.output == "/train/images: samples 0 to 39: not the bytes that were written: another SHA-256\n")
      #expect(damaged.messages.count == 1 && damaged.errors.contains("made.h5: 1 finding;"), "\(damaged.errors)")
      let foreign = try run("dataset verify \(BuiltProgram.digits)", in: folder)
      #expect(foreign.output.contains("the store has none"), "\(foreign.output)")
    }

    @Test(arguments: [
      ("dataset import none here --output new.h5", Int32(64), "unknown kind 'none'"),
      ("dataset synthesize blob --output new.h5", 64, "did you mean 'blobs'?"),
      ("dataset synthesize blobs", 64, "--output"),
      ("dataset synthesize blobs --output new.h5 --count 0", 64, "at least one"),
      ("dataset synthesize blobs --output new.h5 --count 99999999999999999999", 64, "--count"),
      ("dataset synthesize blobs --output new.h5 --size 0x3", 64, "expected a shape such as 28x28x1"),
      ("dataset synthesize blobs --output new.h5 --size 4000000000x4000000000", 64, "expected a shape such as 28x28x1"),
      ("dataset synthesize blobs --output new.h5 --values 5", 64, "blobs has --size, not --values"),
      ("dataset synthesize slopes --output new.h5 --classes 5", 64, "are numbers, not classes"),
      ("dataset synthesize slopes --output new.h5 --noise nan", 64, "--noise"),
      ("dataset synthesize blobs --output new.h5 --split 0.8/0.3", 64, "shares that add up to 1"),
      ("dataset synthesize blobs --output new.h5 --count 4 --split 0.99/0.01", 65, "leaves none for test"),
      ("dataset synthesize blobs --output made.h5", 65, "add --force to replace it"),
      ("dataset synthesize blobs --output .", 65, "not a regular file"),
      ("dataset synthesize blobs --output none/new.h5", 74, "No such file or directory"),
      ("dataset synthesize blobs --output new.h5 --count 1000000 --size 20000x20000x3", 74, "new.h5: cannot reserve"),
      ("dataset split made.h5 --output new.h5", 64, "expected the shares"),
      ("dataset split made.h5 --output new.h5 --split 0.8/0.1/0.1", 65, "a test part of its own"),
      ("dataset split none.h5 --output new.h5 --split 0.8/0.2", 66, "check the path"),
      ("dataset merge made.h5 --output new.h5", 64, "at least two stores"),
      ("dataset merge made.h5 small.h5 --output new.h5", 65, "images of [8, 8, 1]"),
      ("dataset verify none.h5", 66, "check the path"), ("dataset verify text.h5", 65, "a file of another format"),
    ]) func whatCannotBeDone(words: String, status: Int32, message: String) throws {
      let folder = try TemporaryFolder()
      try Stores.write(to: folder("small.h5"), side: 5)
      let digits = try ImageStore(opening: BuiltProgram.digits)
      let parts = try [SplitName.train, .test].map { ($0, StorePart(try StoreSource(of: digits, split: $0))) }
      _ = try StoreWriter(Dictionary(uniqueKeysWithValues: parts)).write(to: folder("made.h5"), replacing: false)
      try Data("text".utf8).write(to: URL(filePath: folder("text.h5")))
      let before = try Data(contentsOf: URL(filePath: folder("made.h5")))
      let result = try run(words, in: folder, status: status)
      #expect(result.messages.count == 1, "\(result.errors)")
      #expect(result.messages.first?.contains(message) == true, "\(result.errors)")
      #expect(try names(folder) == ["made.h5", "small.h5", "text.h5"])
      #expect(try Data(contentsOf: URL(filePath: folder("made.h5"))) == before)
    }

    /// Ten images of 2×3 to train and two to test, in IDX files whose bytes are written here.
    @Test func importedImages() throws {
      let folder = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: folder("raw"), withIntermediateDirectories: true)
      for (name, first, count) in [("train", UInt8(0), UInt8(10)), ("t10k", 100, 2)] {
        let pixels = (0..<count).flatMap { [UInt8](repeating: first + $0, count: 6) }
        try Data([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 3] + pixels)
          .write(to: URL(filePath: folder("raw/\(name)-images-idx3-ubyte")))
        try Data([0, 0, 8, 1, 0, 0, 0, count] + (0..<count).map { $0 % 2 })
          .write(to: URL(filePath: folder("raw/\(name)-labels-idx1-ubyte")))
      }
      func numbers(_ store: String, _ split: SplitName) throws -> [UInt8] {
        let source = try StoreSource(of: ImageStore(opening: folder(store)), split: split)
        return try (0..<source.count).map { index in
          var image = [UInt8](repeating: 0, count: 6)
          try image.withUnsafeMutableBytes { try source.copyImage(index, into: $0) }
          return image[0]
        }
      }

      let kept = try run("dataset import idx raw --output kept.h5 --keep-order --class-names even,odd", in: folder)
      #expect(kept.output.contains("train       10 images 2×3×1 uint8, 2 classes"), "\(kept.output)")
      #expect(try ImageStore(opening: folder("kept.h5")).classNames == ["even", "odd"])
      #expect(try numbers("kept.h5", .train) == Array(0..<10))
      #expect(try numbers("kept.h5", .test) == [100, 101])

      _ = try run("dataset import idx raw --output divided.h5 --split 0.6/0.4 --seed 5", in: folder)
      let parts = try [numbers("divided.h5", .train), numbers("divided.h5", .validation)]
      #expect(parts.map(\.count) == [6, 4])
      #expect((parts[0] + parts[1]).sorted() == Array(0..<10) && parts[0] != parts[0].sorted())
      #expect(parts[1].count { $0 % 2 == 0 } == 2)
      #expect(try numbers("divided.h5", .test).sorted() == [100, 101])

      let names = try run("dataset import idx raw --output no.h5 --class-names even", in: folder, status: 64)
      #expect(names.errors.contains("expected 2 names, one for each class, found 1"), "\(names.errors)")
      let near = try run("dataset import idz raw --output no.h5", in: folder, status: 64)
      #expect(near.errors.contains("did you mean 'idx'?"), "\(near.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder("no.h5")))
    }

    @Test func severalRanksAreRefused() throws {
      let folder = try TemporaryFolder()
      let result = try BuiltProgram.run(["dataset", "synthesize", "blobs", "--output", "new.h5"], ranks: 2, in: folder)
      #expect(result.status == 64)
      #expect(result.messages.count == 1 && result.errors.contains("start it without mpirun"), "\(result.errors)")
      #expect(try names(folder) == [])
    }

    @Test func forceReplaces() throws {
      let folder = try TemporaryFolder()
      _ = try run("dataset synthesize blobs --output made.h5 --count 20", in: folder)
      _ = try run("dataset synthesize blobs --output old.h5 --count 5", in: folder)
      let result = try run("dataset split made.h5 --split 0.6/0.4 --output old.h5 --force", in: folder)
      #expect(result.output.contains("train       12 images"), "\(result.output)")
      _ = try run("dataset verify old.h5", in: folder)
      #expect(try names(folder) == ["made.h5", "old.h5"])
    }

    /// Killed in the middle of a gigabyte that takes ten seconds: there is no file, of any name.
    @Test(.timeLimit(.minutes(1)), arguments: [SIGTERM, SIGKILL]) func aKilledCommandLeavesNothing(
      signal: Int32
    ) throws {
      let folder = try TemporaryFolder()
      let job = try BuiltProgram.start(
        ["dataset", "synthesize", "stripes", "--output", "new.h5", "--count", "20000", "--size", "128x128x3"],
        in: folder)
      usleep(600_000)
      #expect(job.isRunning)
      kill(job.processIdentifier, signal)
      let result = try job.wait()
      #expect(result.status == 128 + signal, "\(result.errors)")
      #expect(try names(folder) == [])
    }

    /// On a disk of a megabyte, which only root can mount: said at once, and nothing is left.
    @Test(.timeLimit(.minutes(1)), .enabled(if: geteuid() == 0)) func fullDisk() throws {
      let folder = try TemporaryFolder()
      let script = """
        mkdir disk && mount -t tmpfs -o size=1M tmpfs disk || exit 99
        "$@" --count 2000 --size 64x64x1 2> errors
        echo "status $?"
        ls -A disk
        "$@" --count 100 --size 64x64x1 > /dev/null
        echo "status $?"
        ls -A disk
        """
      let program = [BuiltProgram.path(of: "cnn-dist"), "dataset", "synthesize", "blobs", "--output", "disk/new.h5"]
      let job = try MPIRun(command: ["unshare", "-m", "sh", "-c", script, "sh"] + program, in: folder.path)
      let result = try job.wait()
      #expect(result.output == "status 74\nstatus 0\nnew.h5\n", "\(result.errors)")
      let errors = try String(contentsOfFile: folder("errors"), encoding: .utf8)
      #expect(
        errors.contains("disk/new.h5: cannot reserve the space of the file: No space left on device"), "\(errors)")
      #expect(errors.contains(/[0-9]+ bytes are needed and [0-9]+ are free; make room/), "\(errors)")
    }
  }
}
