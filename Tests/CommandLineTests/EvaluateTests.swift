import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// `evaluate` on the checkpoint of a run computes as the run did.
  @Suite struct EvaluateTests {
    /// The second convolution is wide enough for Winograd's algorithm, which rounds otherwise.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func convolutionsOfTheRun() throws {
      let convolution = "{Conv2D: {filters: 32, kernel_size: 3, padding: same, activation: relu}}"
      let model = "model={layers: [\(convolution), \(convolution), Flatten, {Dense: {units: 10, activation: softmax}}]}"
      let run = try TrainingRun("--set", model, "--batch-size", "200", "--epochs", "1", "--convolution", "direct")
      try run.train(ranks: 2)
      func outputs(_ flags: String...) throws -> [UInt32] {
        let result = try BuiltProgram.run(["evaluate", "run", "--predictions", "p.h5"] + flags, in: run.folder)
        try #require(result.status == 0, "\(result.output)\(result.errors)")
        let file = try File(opening: run.folder("p.h5"))
        return try file.dataset(at: "predictions").values(as: Float.self).map(\.bitPattern)
      }
      let own = try outputs()
      #expect(try own == outputs("--convolution", "direct"))
      // Without AVX-512, oneDNN has no Winograd kernels for inference and takes the direct ones.
      #expect(try (own != outputs("--convolution", "auto")) == hasAVX512)
    }

    /// The run's two shards are for two ranks; another number of them can be asked for.
    @Test(.timeLimit(.minutes(1))) func virtualShardsOfTheRun() throws {
      let run = try TrainingRun("--virtual-shards", "2", "--epochs", "1")
      try run.train(ranks: 2)
      func status(_ flags: String...) throws -> Int32 {
        try BuiltProgram.run(["evaluate", "run"] + flags, ranks: 3, in: run.folder).status
      }
      #expect(try status() == 65)
      #expect(try status("--virtual-shards", "3") == 0)
    }

    /// Files that Keras 2 (tf_keras 2.21) and 3 (3.15.1) have saved; the numbers are Keras' own for the same files, in
    /// float32.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        ("k2_input_shape.h5", "loss 5.704656"), ("k2_loss_instance.h5", "loss 1.8415"),
        ("normalization_adapted.h5", "loss 1.459183"), ("from_logits.h5", "loss 1.386483  accuracy 20.0 % (2 of 10)"),
        ("initializers.h5", "loss 1.4171"), ("emoji.h5", "loss 1.5772"),
        ("bfloat16.h5", "loss 1.7332"),
        ("mixed_bfloat16.h5", "loss 6.4789"), ("nested_sequential.h5", "loss 6.4789"),
      ]) func filesOfKeras(name: String, numbers: String) throws
    {
      let result = try BuiltProgram.run(
        ["evaluate", fixture("Keras/\(name)"), "--store", fixture("Keras/store.h5"), "--split", "test"],
        in: TemporaryFolder())
      #expect(result.status == 0 && result.output.contains(numbers), "\(result.output)\(result.errors)")
      let warnings = result.messages.filter { $0.contains("in \(name.dropLast(3));") && $0.contains("float32") }
      #expect(result.messages == warnings && warnings.count == (name.contains("bfloat16") ? 1 : 0))
    }

    /// `to_json` escapes what is not ASCII, scalars above U+FFFF in pairs.
    @Test func escapedPairs() throws {
      let result = try BuiltProgram.run(["summary", fixture("Keras/emoji.json")], in: TemporaryFolder())
      #expect(result.status == 0 && result.output.contains("d\u{1F600} (Dense)"), "\(result.output)\(result.errors)")
    }

    @Test func openShape() throws {
      let result = try BuiltProgram.run(
        ["evaluate", fixture("Keras/open_shape.h5"), "--store", fixture("Keras/store.h5")], in: TemporaryFolder())
      #expect(result.status == 65 && result.messages.count == 1, "\(result.errors)")
      #expect(result.errors.contains("found [null, null, null, 3]; give it one in Keras"), "\(result.errors)")
    }

    /// Wherever a model or weights can be given, another form is named, with what to do.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        ["evaluate", fixture("Keras/k3_native.keras")], ["summary", fixture("Keras/k3_native.keras")],
        ["train", "--model", fixture("Keras/k3_native.keras")],
        ["train", "--initial-weights", fixture("Keras/k3_native.keras")],
        ["sweep", "--axis", "model=digits,\(fixture("Keras/k3_native.keras"))", "--output", "s"],
      ]) func nativeFilesOfKeras(arguments: [String]) throws
    {
      let result = try BuiltProgram.run(
        arguments + (arguments[0] == "summary" ? [] : ["--store", BuiltProgram.digits]), in: TemporaryFolder())
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.messages.count == 1 && result.errors.contains(").save('"), "\(result.errors)")
      #expect(!result.errors.contains("signature"))
    }

    @Test func unknownConvolutions() throws {
      let result = try BuiltProgram.run(
        ["evaluate", fixture("keras_digits.h5"), "--store", BuiltProgram.digits, "--convolution", "fast"],
        in: TemporaryFolder())
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.messages.count == 1 && result.messages[0].contains("convolution"), "\(result.messages)")
    }
  }
}
