import Datasets
import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// A store that does not fit into the memory it is given is trained on with the same bits.
  @Suite struct StreamingTests {
    /// What ranks share is given back while a thread prepares the next batches from it: it is stopped before that.
    ///
    /// Images that are changed slowly keep that thread at work all the time.
    @Test(.timeLimit(.minutes(2)), arguments: ["global", "stored"]) func stoppedWhileImagesAreRead(order: String) throws
    {
      let folder = try TemporaryFolder()
      let pixels = [UInt8](unsafeUninitializedCapacity: 120 * 150_528) { pixels, written in
        for place in 0..<120 * 150_528 { pixels.initializeElement(at: place, to: UInt8(truncatingIfNeeded: place)) }
        written = 120 * 150_528
      }
      try ImageStoreWriter.write(
        [
          .train: .init(
            images: .uint8(pixels), imageShape: [224, 224, 3], labels: .classes((0..<120).map { Int32($0 % 10) }))
        ], to: folder("large.h5"))
      let model = "model=[{AveragePooling2D: {pool_size: 56}}, Flatten, {Dense: {units: 10, activation: softmax}}]"
      let job = try BuiltProgram.start(
        [
          "train", "--store", "large.h5", "--order", order, "--batch-size", "40", "--epochs", "100000", "--output",
          "run",
          "--virtual-shards", "2", "--set", model, "--set", "augmentation={rotation_range: 30, zoom_range: 0.2}",
        ], ranks: 2, in: folder)
      job.wait {
        (try? FileManager.default.attributesOfItem(atPath: folder("run/metrics.jsonl"))[.size] as? Int) ?? 0 > 0
      }
      for rank in job.ranks { kill(rank, SIGUSR1) }
      let result = try job.wait()
      #expect(result.status == 75, "\(result.output)\(result.errors)")
    }

    /// 2,000 images of 12 KiB to train on, 240 to test, and settings under which a shard has four windows of three blocks.
    private static func folder() throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      func samples(_ count: Int, _ first: Int) -> ImageStoreWriter.Samples {
        let pixels = [UInt8](unsafeUninitializedCapacity: count * 12_288) { pixels, written in
          for place in 0..<count * 12_288 {
            pixels.initializeElement(
              at: place, to: UInt8(truncatingIfNeeded: (first + place / 12_288) &* 37 &+ (place &* place) >> 7))
          }
          written = count * 12_288
        }
        return .init(
          images: .uint8(pixels), imageShape: [64, 64, 3], labels: .classes((0..<count).map { Int32(($0 + first) % 7) })
        )
      }
      try ImageStoreWriter.write([.train: samples(2000, 0), .test: samples(240, 2000)], to: folder("large.h5"))
      try Data(
        """
        store: large.h5
        model:
          layers:
            - Rescaling: {scale: 0.004}
            - AveragePooling2D: {pool_size: 16}
            - Flatten
            - Dense: {units: 7, activation: softmax}
        shuffle_window: 1K
        batch_size: 60
        epochs: 2
        """.utf8
      ).write(to: URL(filePath: folder("run.yaml")))
      return folder
    }

    private struct Outcome {
      let output: String
      let model: Data
      let metrics: [[String: Double]]
    }

    private func train(_ ranks: Int, _ settings: [String], in folder: TemporaryFolder) throws -> Outcome {
      let output = "run-\(UUID().uuidString)"
      let result = try BuiltProgram.run(
        ["train", "--config", "run.yaml", "--output", output] + settings, ranks: ranks, in: folder)
      try #require(result.status == 0, "\(result.output)\(result.errors)")
      return Outcome(
        output: result.output + result.errors,
        model: try Data(contentsOf: URL(filePath: folder("\(output)/model.h5"))),
        metrics: try TrainingRun.metrics(of: folder("\(output)/metrics.jsonl")))
    }

    @Test(.timeLimit(.minutes(3))) func sameBitsAsInMemory() throws {
      let folder = try Self.folder()
      let reference = try train(1, [], in: folder)
      #expect(reference.output.contains("in memory"))
      // 23 MiB are the samples; two windows of all shards are 12, and the batches that a rank prepares 3.
      for (ranks, memory) in [(1, "16M"), (3, "8M"), (8, "5M")] {
        let streamed = try train(ranks, ["--memory-per-rank", memory], in: folder)
        #expect(streamed.output.contains("streamed through"), "\(ranks) ranks: \(streamed.output)")
        #expect(streamed.model == reference.model, "\(ranks) ranks")
        #expect(streamed.metrics == reference.metrics, "\(ranks) ranks")
      }
      #expect(try train(3, [], in: folder).model == reference.model)
      #expect(try train(1, ["--shuffle-window", "1G"], in: folder).model != reference.model)
    }

    /// The other orders: one copy for all ranks, and no copy at all.
    @Test(.timeLimit(.minutes(3)), arguments: isNightly ? ["global", "stored"] : ["global"]) func ordersOfTheWholeSplit(
      order: String
    ) throws {
      let folder = try Self.folder()
      let reference = try train(1, ["--order", order], in: folder)
      let shared = try train(3, ["--order", order, "--memory-per-rank", "12M"], in: folder)
      #expect(shared.output.contains("the ranks of a node share"))
      #expect(shared.model == reference.model)
      let direct = try train(2, ["--order", order, "--memory-per-rank", "3M"], in: folder)
      #expect(direct.output.contains("read from the file batch by batch"))
      #expect(direct.output.contains("warning: the training split") == (order == "global"), "\(direct.output)")
      #expect(direct.model == reference.model)
      #expect(direct.metrics == reference.metrics)
    }

    /// Stopped within an epoch, between two windows, and after the short step that ends one; resumed with other memory on
    /// other ranks.
    @Test(.timeLimit(.minutes(2)), arguments: isNightly ? [23, 34] : [23]) func resumed(steps: Int) throws {
      let folder = try Self.folder()
      let reference = try train(1, [], in: folder)
      let settings = ["train", "--config", "run.yaml", "--output", "run", "--memory-per-rank"]
      let first = try BuiltProgram.run(
        settings + ["16M", "--checkpoint-every", "\(steps) steps", "--checkpoint-keep", "99"], in: folder)
      try #require(first.status == 0, "\(first.output)\(first.errors)")
      // All that came after it, the best epochs' checkpoints too.
      let later = [34, 46, 68].filter { $0 > steps }.map { "checkpoints/step-0000000\($0).h5" }
      for name in ["model.h5", "done"] + later { try? FileManager.default.removeItem(atPath: folder("run/\(name)")) }
      let second = try BuiltProgram.run(settings + ["5M", "--resume"], ranks: 8, in: folder)
      #expect(second.output.contains("\(steps) steps done"), "\(second.output)\(second.errors)")
      #expect(try Data(contentsOf: URL(filePath: folder("run/model.h5"))) == reference.model)
    }

    @Test(.timeLimit(.minutes(1))) func tooLittleMemory() throws {
      let folder = try Self.folder()
      let result = try BuiltProgram.run(
        ["train", "--config", "run.yaml", "--output", "run", "--memory-per-rank", "1M"], ranks: 2, in: folder)
      #expect(result.status == 65)
      let message = try #require(result.messages.first)
      #expect(message.contains("memory_per_rank"), "\(message)")
      #expect(message.contains("--memory-per-rank 9M"), "\(message)")
      #expect(message.contains("--shuffle-window"))
    }
  }
}
