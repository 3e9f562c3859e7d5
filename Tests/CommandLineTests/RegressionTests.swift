import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// Stores whose labels are numbers, from training to predictions: no accuracy anywhere.
  @Suite struct RegressionTests {
    @Test(.timeLimit(.minutes(2)), arguments: isNightly ? [1, 2] : [2]) func endToEnd(width: Int) throws {
      let folder = try TemporaryFolder()
      let values = try Stores.writeLinear(to: folder("linear.h5"), width: width)
      let model = "name: linear\nlayers: [Flatten, {Dense: {units: \(width)}}]"
      try Data(model.utf8).write(to: URL(filePath: folder("linear.yaml")))
      var models: [Data] = []
      var metrics: [[[String: Double]]] = []
      for ranks in [1, 3] {
        let output = "run\(ranks)"
        let result = try BuiltProgram.run(
          [
            "train", "--store", "linear.h5", "--model", "linear.yaml", "--loss", "mse", "--batch-size", "10",
            "--learning-rate", "0.1", "--epochs", "20", "--output", output,
          ], ranks: ranks, in: folder)
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains(width == 1 ? "4×4×1, 1 number each" : "4×4×1, 2 numbers each"))
        #expect(result.output.contains("  validation loss ") && result.output.contains("done    test mae "))
        #expect(!result.output.contains("accuracy"), "\(result.output)")
        models.append(try Data(contentsOf: URL(filePath: folder("\(output)/model.h5"))))
        metrics.append(try TrainingRun.metrics(of: folder("\(output)/metrics.jsonl")))
      }
      #expect(models[0] == models[1] && metrics[0] == metrics[1])
      let last = try #require(metrics[0].last)
      #expect(
        Set(last.keys) == [
          "epoch", "step", "loss", "validation_loss", "validation_mean_absolute_error", "validation_r2_score",
        ])
      // The targets are a linear function of the pixels, which such a network finds.
      #expect(try #require(last["validation_r2_score"]) > 0.99)

      let evaluated = try BuiltProgram.run(
        ["evaluate", "run1", "--metrics", "mse,mae,r2", "--predictions", "says.h5"], ranks: 3, in: folder)
      #expect(evaluated.output.wholeMatch(of: /test  loss \S+  mse \S+  mae \S+  r2 \S+; \S+linear\.h5\n/) != nil)
      let file = try File(opening: folder("says.h5"))
      let labels = try file.dataset(at: "labels")
      #expect(labels.shape == (width == 1 ? [21] : [21, width]))
      #expect(try labels.values(as: Float.self) == values)
      let predictions = try file.dataset(at: "predictions")
      #expect(predictions.shape == [21, width])
      let errors = zip(try predictions.values(as: Float.self), values).map { Double(($0 - $1).magnitude) }
      let mean = errors.reduce(0, +) / Double(errors.count)
      // Errors in float32 here, in double precision there.
      #expect(abs(mean - (last["validation_mean_absolute_error"] ?? 0)) < 1e-6)
    }

    @Test func accuracyOfNumbersIsRefused() throws {
      let folder = try TemporaryFolder()
      _ = try Stores.writeLinear(to: folder("linear.h5"), width: 2)
      try Data("layers: [Flatten, {Dense: {units: 2}}]".utf8).write(to: URL(filePath: folder("linear.yaml")))
      let result = try BuiltProgram.run(
        ["train", "--store", "linear.h5", "--model", "linear.yaml", "--loss", "mse", "--metrics", "mae,accuracy"],
        ranks: 3, in: folder)
      #expect(result.status == 65 && result.messages.count == 1)
      #expect(result.messages.first?.contains("metrics: accuracy needs classes") == true, "\(result.messages)")
    }
  }
}
