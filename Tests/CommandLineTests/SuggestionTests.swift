import Datasets
import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// What the commands that write stores suggest for training: as it is printed, it learns.
  @Suite struct SuggestionTests {
    struct Case: CustomTestStringConvertible, Sendable {
      let shape: [Int]
      /// The classes; 0 for numbers.
      var classes = 0
      /// The numbers to predict.
      var width = 1
      /// Black and white of the pixels; bytes if nil.
      var range: ClosedRange<Float>?
      /// The largest byte.
      var white: Float = 255
      var epochs = 8
      var testDescription: String { "\(shape), \(classes) classes, \(range.map { "\($0)" } ?? "bytes to \(white)")" }
    }

    static let cases = [
      Case(shape: [48, 48, 3], classes: 2), Case(shape: [8, 8, 1], classes: 10, white: 16, epochs: 20),
      Case(shape: [28, 28, 1], classes: 10, epochs: 20), Case(shape: [1, 1, 1], classes: 2, epochs: 40),
      Case(shape: [13, 12, 4], classes: 100, epochs: 20),
      Case(shape: [7, 1, 1], width: 3, range: -100...4000, epochs: 30),
      Case(shape: [16, 16, 1], classes: 3, range: 0...65_535), Case(shape: [5, 1, 1], range: -1...1, epochs: 30),
      Case(shape: [40, 64, 3], classes: 10, range: 0...1),
    ]
    /// What takes longer.
    static let largeCases = [
      Case(shape: [224, 224, 3], classes: 2), Case(shape: [150, 100, 3], classes: 5),
      Case(shape: [64, 64, 1], classes: 10, white: 1), Case(shape: [32, 32, 3], classes: 100, epochs: 30),
    ]

    /// A store in which every class has a pattern of its own under noise, or every number is a sum over pixels.
    private func write(_ sample: Case, to path: String) throws {
      var state: UInt32 = 7
      func random() -> Float {
        state = state &* 1_664_525 &+ 1_013_904_223  // Numerical Recipes' generator
        return Float(state >> 8) / Float(1 << 24)
      }
      let pixelCount = sample.shape.reduce(1, *)
      let patterns = (0..<max(sample.classes, 1)).map { number in
        (0..<pixelCount).map { _ in pixelCount == 1 ? Float(number) : random() }
      }
      let count = max(60, 6 * sample.classes)
      let labels = (0..<count).map { Int32($0 % max(sample.classes, 1)) }
      let shares = labels.flatMap { label in patterns[Int(label)].map { 0.8 * $0 + 0.2 * random() } }
      let values = (0..<count).flatMap { index in
        (0..<sample.width).map { place in 500 * shares[index * pixelCount + place % pixelCount] - 100 }
      }
      let images: ImageStoreWriter.Samples.Images =
        if let range = sample.range {
          .float32(shares.map { range.lowerBound + $0 * (range.upperBound - range.lowerBound) })
        } else {
          .uint8(shares.map { UInt8(($0 * sample.white).rounded()) })
        }
      try ImageStoreWriter.write(
        [
          .train: .init(
            images: images, imageShape: sample.shape,
            labels: sample.classes == 0 ? .values(values, width: sample.width) : .classes(labels))
        ], to: path)
    }

    @Test(.timeLimit(.minutes(5)), arguments: isNightly ? cases + largeCases : cases) func itLearns(sample: Case) throws
    {
      let folder = try TemporaryFolder()
      try write(sample, to: folder("a b.h5"))
      let made = try BuiltProgram.run(
        ["dataset", "split", "a b.h5", "--split", "0.8/0.2", "--output", "it's.h5"], in: folder)
      let line = try #require(made.output.split(separator: "\n").last, "\(made.errors)")
      #expect(line.hasPrefix("to train    cnn-dist train --store 'it'\\''s.h5' --model "), "\(line)")
      // As a shell takes it.
      let command = line.replacing("to train    cnn-dist", with: "exec \"$PROGRAM\"")
      let trained = try MPIRun(
        command: ["bash", "-c", "\(command) --epochs \(sample.epochs) --output run --quiet"],
        environment: ["PROGRAM": BuiltProgram.path(of: "cnn-dist")], in: folder.path, timeout: 240
      ).wait()
      try #require(trained.status == 0, "\(line): \(trained.errors)")
      #expect(trained.errors.isEmpty, "\(line): \(trained.errors)")
      let epochs = try TrainingRun.metrics(of: folder("run/metrics.jsonl")).filter { $0["validation_loss"] != nil }
      let (first, last) = (try #require(epochs.first), try #require(epochs.last))
      #expect(try #require(last["loss"]) < 0.9 * #require(first["loss"]), "\(line): \(first) \(last)")
      guard sample.classes > 0 else { return }
      #expect(try #require(last["accuracy"]) > 1.5 / Double(sample.classes), "\(line): \(last)")
    }

    /// There is nothing to suggest where there is nothing to learn, or to learn from.
    @Test func nothingToLearn() throws {
      let folder = try TemporaryFolder()
      try write(Case(shape: [4, 4, 1], classes: 1), to: folder("one.h5"))
      let one = try BuiltProgram.run(
        ["dataset", "split", "one.h5", "--split", "0.8/0.2", "--output", "new.h5"], in: folder)
      #expect(one.output.contains("8×8") == false && one.output.contains(", 1 class\n"), "\(one.output)")
      #expect(one.output.contains("to train    all samples are of one class"), "\(one.output)\(one.errors)")
    }

    /// A network whose outputs are not the store's classes is said, with both counts.
    @Test func otherClasses() throws {
      let folder = try TemporaryFolder()
      try write(Case(shape: [28, 28, 1], classes: 2), to: folder("two.h5"))
      for arguments in [
        ["train", "--output", "run", "--quiet"], ["evaluate", "run", "--split", "train"],
        ["sweep", "--l2", "0,0.1", "--output", "sweep", "--no-report", "--quiet"],
      ] {
        let flags =
          arguments[0] == "evaluate" ? [] : ["--epochs", "1", "--model", "mnist", "--learning-rate", "0.0001"]
        let result = try BuiltProgram.run(arguments + ["--store", "two.h5"] + flags, in: folder)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        #expect(result.errors.contains("the model has 10 outputs, "), "\(arguments): \(result.errors)")
        #expect(result.errors.contains("two.h5 has 2 classes"), "\(arguments): \(result.errors)")
      }
    }
  }
}
