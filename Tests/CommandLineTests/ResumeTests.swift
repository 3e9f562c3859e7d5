import Checksums
import Foundation
import HDF5
import TestSupport
import Testing
import Training

extension ProgramTests {
  /// A run that was stopped, anywhere and anyhow, and continued on other ranks ends with the bytes of one that was not.
  @Suite struct ResumeTests {
    /// Five epochs at one go, on one rank.
    private static let uninterrupted = Result { try FinishedRun("--epochs", "5") }

    @Test(
      .timeLimit(.minutes(2)), .enabled(if: isNightly),
      arguments: isNightly ? [(1, 1, 3), (2, 8, 1), (3, 3, 5), (4, 5, 2)] : [(2, 8, 1), (4, 3, 5)])
    func afterAnEpoch(epochs: Int, before: Int, after: Int) throws {
      let run = try TrainingRun()
      try run.train(ranks: before, "--epochs", "\(epochs)")
      #expect(try run.metrics().count == epochs)
      let resumed = try run.train(ranks: after, "--resume", "--epochs", "5")
      #expect(
        resumed.output.contains("resume  run/checkpoints/step-0000000\(15 * epochs).h5: \(15 * epochs) steps done"))
      try Self.uninterrupted.get().expectSameEnd(run)
      #expect(try run.metrics().map { $0["epoch"] } == [1, 2, 3, 4, 5])
    }

    /// What a kill has left half written goes; hidden files of somebody's own do not.
    @Test func hiddenFiles() throws {
      let run = try TrainingRun()
      let ours = [
        ".model.h5.tmp-99999", ".config.yaml.tmp-1", "checkpoints/.step-000000015.h5.tmp-7",
        "checkpoints/.step-000000015.h5.sha256.tmp-7",
      ]
      let others = [
        ".notes.tmp-1", ".model.h5.tmp-mine", ".report.html.tmp-12", ".tmp-5", "checkpoints/.mine.h5.tmp-7",
        "checkpoints/.model.h5.tmp-7",
      ]
      try run.train(ranks: 1, "--epochs", "1")
      for name in ours + others { try Data("x".utf8).write(to: URL(filePath: run.path(name))) }
      try run.train(ranks: 1, "--resume", "--epochs", "2")
      for name in ours { #expect(!FileManager.default.fileExists(atPath: run.path(name)), "\(name)") }
      for name in others { #expect(FileManager.default.fileExists(atPath: run.path(name)), "\(name)") }
    }

    /// Images that change with every epoch.
    private static let augmentation = [
      "--set", "augmentation={rotation_range: 20, width_shift_range: 0.2, zoom_range: 0.1, random_crop: {padding: 1}}",
    ]

    /// Layers with state that no optimizer updates, that draw at random, and that are nested.
    private static let layersWithState = [
      "--set",
      """
      model={name: nested, layers: [Normalization, {Conv2D: {filters: 4, kernel_size: 3, padding: same}}, \
      BatchNormalization, ReLU, {Residual: {layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same}}, \
      BatchNormalization, {Dropout: {rate: 0.25}}]}}, {Branches: {branches: [[{Conv2D: {filters: 2, kernel_size: 1}}, \
      {SpatialDropout2D: {rate: 0.5}}], [{Conv2D: {filters: 3, kernel_size: 3, padding: same}}, BatchNormalization]]}}, \
      Flatten, {Dropout: {rate: 0.5}}, {Dense: {units: 10, activation: softmax}}]}
      """,
      "--optimizer", "adam",
    ]

    /// Stopped at step 35, the fifth of the third epoch; with momentum there is state besides the weights.
    @Test(
      .timeLimit(.minutes(2)),
      arguments: [layersWithState]
        + (isNightly ? [["--log-every", "1"], ["--set", "optimizer.momentum=0.9"], augmentation] : []))
    func inTheMiddleOfAnEpoch(settings: [String]) throws {
      let every = ["--checkpoint-every", "7 steps", "--checkpoint-keep", "99"]
      let run = try TrainingRun()
      let arguments = run.arguments + settings + every + ["--epochs", "5"]
      try #require(try BuiltProgram.run(arguments, ranks: 2, in: run.folder).status == 0)
      let reference = try FinishedRun(run)
      #expect(run.checkpoints(every: 7).count == 11)  // after 7, 14, … 70 steps, and at the end
      try run.rewind(to: "step-000000035.h5")
      #expect(run.checkpoints(every: 7).count == 5)
      try run.train(ranks: 3, "--resume")
      try reference.expectSameEnd(run)
      #expect(try run.contents().keys.sorted() == reference.contents.keys.sorted())
    }

    /// mpirun or one of its ranks, some time after the first checkpoint, in a run far too long to end before; how long
    /// the resumed run and the one at one go are is decided by how far it came, so a busy machine cannot fail this.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly), arguments: 0..<12) func killed(attempt: Int) throws {
      let settings = ["--checkpoint-every", "2 steps", "--log-every", "1"]
      let run = try TrainingRun()
      let job = try BuiltProgram.start(run.arguments + settings + ["--epochs", "100000"], ranks: 3, in: run.folder)
      while job.isRunning && run.checkpoints.isEmpty { usleep(2_000) }
      usleep(UInt32.random(in: 0..<200_000))
      let victim = attempt % 2 == 0 ? job.processIdentifier : try #require(job.ranks.last)
      kill(victim, SIGKILL)
      let result = try job.wait()
      #expect(result.status == 137, "\(result.output)\(result.errors)")
      run.expectNoProcesses()
      #expect(!FileManager.default.fileExists(atPath: run.path("done")))
      let newest = try #require(run.checkpoints.last?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
      let epochs = "\(newest / 15 + 3)"
      let reference = try FinishedRun(settings + ["--epochs", epochs])
      let resume = run.arguments + settings + ["--epochs", epochs, "--resume"]
      try #require(try BuiltProgram.run(resume, ranks: attempt % 2 == 0 ? 2 : 1, in: run.folder).status == 0)
      try reference.expectSameEnd(run)
    }

    /// The same with a checkpoint after every epoch.
    private static let everyEpoch = Result { try FinishedRun("--epochs", "5", "--checkpoint-every", "1") }

    @Test(.timeLimit(.minutes(2)), arguments: ["flipped", "truncated", "no checksum"])
    func newestCheckpointIsDamaged(how: String) throws {
      let reference = try Self.everyEpoch.get()
      let run = try TrainingRun("--checkpoint-every", "1")
      try run.train(ranks: 1, "--epochs", "3")
      #expect(run.checkpoints == ["step-000000015.h5", "step-000000030.h5", "step-000000045.h5"])
      try damage(run, "step-000000045.h5", how)
      let result = try run.train(ranks: 2, "--resume", "--epochs", "5")
      let messages = result.messages
      #expect(messages.count == 1, "\(messages)")
      #expect(messages.first?.contains("step-000000045.h5") == true, "\(messages)")
      #expect(messages.first?.contains("warning") == true, "\(messages)")
      #expect(result.output.contains("resume  run/checkpoints/step-000000030.h5: 30 steps done"))
      try reference.expectSameEnd(run)
    }

    @Test(.timeLimit(.minutes(2)), arguments: isNightly ? [1, 3] : [3]) func allCheckpointsAreDamaged(ranks: Int) throws
    {
      let run = try TrainingRun("--checkpoint-every", "1")
      try run.train(ranks: 1, "--epochs", "2")
      for (name, how) in zip(run.checkpoints, ["truncated", "flipped"]) { try damage(run, name, how) }
      let before = try run.contents()
      let result = try BuiltProgram.run(run.arguments + ["--resume", "--epochs", "5"], ranks: ranks, in: run.folder)
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.messages.count == 3, "\(result.messages)")
      #expect(result.messages.last?.contains("run/checkpoints: no checkpoint is undamaged") == true)
      #expect(try run.contents() == before)
    }

    private func damage(_ run: TrainingRun, _ name: String, _ how: String) throws {
      let file = URL(filePath: run.path("checkpoints/\(name)"))
      var bytes = try Data(contentsOf: file)
      switch how {
      case "flipped": bytes[bytes.count / 2] ^= 1
      case "truncated": bytes.removeLast(1000)
      default: try FileManager.default.removeItem(atPath: file.path + ".sha256")
      }
      try bytes.write(to: file)
    }

    /// What decides which sample is seen when cannot be changed on the way; the message has both values.
    @Test(.timeLimit(.minutes(2))) func anotherRunsSettings() throws {
      let run = try TrainingRun()
      try run.train(ranks: 1, "--epochs", "1")
      try Data("name: digits\nlayers: [Flatten, Dense: {units: 10, activation: softmax}]".utf8)
        .write(to: URL(filePath: run.folder("other.yaml")))
      try Stores.write(to: run.folder("other.h5"), side: 8)
      let before = try run.contents()
      let cases = [
        (["--virtual-shards", "4"], ["virtual_shards 8", "4"]), (["--batch-size", "50"], ["batch_size 100", "50"]),
        (["--order", "global"], ["order sharded", "global"]), (["--seed", "7"], ["seed 0", "7"]),
        (["--convolution", "direct"], ["convolution auto", "direct"]),
        (["--store", "other.h5"], ["it was trained with store ", ", asked for is "]),
        (["--model", "other.yaml"], ["number of layers 5", "asked for is 2"]),
        (["--set", "optimizer.momentum=0.5"], ["keeps momentum", "has nothing"]),
        (
          ["--set", "augmentation.rotation_range=20"],
          ["augmentation none", #"asked for is {"rotation_range":20}"#]
        ),
        (["--epochs", "1", "--virtual-shards", "3"], ["virtual_shards 8", "3"]),
      ]
      for (index, (flags, words)) in cases.enumerated() {
        let arguments = run.arguments.filter { $0 != "--epochs" } + ["--resume", "--epochs", "3"] + flags
        let result = try BuiltProgram.run(arguments, ranks: index == 0 ? 3 : 1, in: run.folder)
        #expect(result.status == 65, "\(flags): \(result.errors)")
        #expect(result.messages.count == 1, "\(flags): \(result.errors)")
        for word in words { #expect(result.messages.first?.contains(word) == true, "\(result.messages), \(word)") }
        #expect(try run.contents() == before, "\(flags)")
      }
    }

    /// A store may move; another program, oneDNN or instruction set is worth a warning, and the run goes on.
    @Test(.timeLimit(.minutes(2))) func elsewhere() throws {
      let reference = try FinishedRun("--epochs", "3")
      let run = try TrainingRun()
      try run.train(ranks: 1, "--epochs", "2")
      try FileManager.default.createDirectory(atPath: run.folder("moved"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: BuiltProgram.digits, toPath: run.folder("moved/digits.h5"))
      let name = "step-000000030.h5"
      let old = Checkpoint.Platform.current.instructionSet
      let other = String(repeating: "x", count: old.utf8.count)
      var bytes = try run.bytes("checkpoints/\(name)")
      let place = try #require(bytes.ranges(of: Data(old.utf8)).last)
      bytes.replaceSubrange(place, with: Data(other.utf8))
      try bytes.write(to: URL(filePath: run.path("checkpoints/\(name)")))
      let sum = SHA256.hexadecimal(of: [UInt8](bytes))
      try Data("\(sum)  \(name)\n".utf8).write(to: URL(filePath: run.path("checkpoints/\(name).sha256")))
      let arguments = ["train", "--output", "run", "--resume", "--epochs", "3", "--store", "moved/digits.h5"]
      let result = try BuiltProgram.run(arguments, in: run.folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.messages.count == 1, "\(result.messages)")
      for words in ["warning", other, old, "the bits will differ"] {
        #expect(result.messages.first?.contains(words) == true, "\(result.messages)")
      }
      try reference.expectSameEnd(run)
    }

    /// Every checkpoint names the best epoch's, which is there; the end says where.
    @Test(.timeLimit(.minutes(2))) func theBestIsKept() throws {
      let run = try TrainingRun("--epochs", "6", "--learning-rate", "2.5", "--checkpoint-every", "16 steps")
      let result = try run.train(ranks: 2, "--checkpoint-keep", "1")
      let losses = try run.metrics().map { $0["validation_loss"] ?? .infinity }
      let best = try #require(losses.indices.min { losses[$0] < losses[$1] }) + 1
      let name = "step-0000000\(15 * best).h5"
      #expect(run.checkpoints == Set([name, "step-000000090.h5"]).sorted())
      for checkpoint in run.checkpoints {
        let file = try File(opening: run.path("checkpoints/\(checkpoint)"))
        #expect(try file.attribute("best_epoch", of: "training", as: Int.self) == best)
        #expect(try file.attribute("best_value", of: "training", as: Double.self) == losses[best - 1])
        #expect(try run.bytes("checkpoints/\(checkpoint).sha256").contains(Array("# best: \(name)\n".utf8)))
      }
      if best < 6 { #expect(result.output.contains("best    epoch \(best)"), "\(result.output)") }
    }

    @Test(arguments: isNightly ? [1, 3] : [3]) func nothingToResume(ranks: Int) throws {
      let run = try TrainingRun()
      let result = try BuiltProgram.run(run.arguments + ["--resume"], ranks: ranks, in: run.folder)
      #expect(result.status == 66)
      #expect(result.messages.count == 1 && result.messages[0].contains("run: there is no run in it to resume"))
      #expect(run.names().isEmpty)
    }

    @Test(.timeLimit(.minutes(2)), arguments: isNightly ? [1, 3] : [3]) func finishedRun(ranks: Int) throws {
      let run = try TrainingRun()
      try run.train(ranks: 1, "--epochs", "1")
      let before = try run.contents()
      let changed = try FileManager.default.attributesOfItem(atPath: run.path("model.h5"))[.modificationDate] as? Date
      let result = try run.train(ranks: ranks, "--resume")
      #expect(result.output.contains("training is complete"), "\(result.output)")
      #expect(result.messages.isEmpty)
      #expect(try run.contents() == before)
      let now = try FileManager.default.attributesOfItem(atPath: run.path("model.h5"))[.modificationDate] as? Date
      #expect(now == changed, "the model was written again")
    }

    /// Job scripts look for `done`: a run that is trained on must not have it.
    @Test(.timeLimit(.minutes(2))) func notDoneWhileTrainingGoesOn() throws {
      let run = try TrainingRun("--checkpoint-every", "1")
      try run.train(ranks: 1, "--epochs", "1")
      let job = try BuiltProgram.start(run.arguments + ["--resume", "--epochs", "100000"], in: run.folder)
      while job.isRunning && !run.checkpoints.contains("step-000000045.h5") { usleep(1_000) }
      kill(job.processIdentifier, SIGKILL)
      #expect(try job.wait().status == 137)
      #expect(!FileManager.default.fileExists(atPath: run.path("done")))
    }

    /// Killed before the first checkpoint, a run begins again.
    @Test func withoutACheckpoint() throws {
      let run = try TrainingRun()
      try run.train(ranks: 1, "--epochs", "5")
      for name in run.names("checkpoints") {
        try FileManager.default.removeItem(atPath: run.path("checkpoints/\(name)"))
      }
      // They come after the last checkpoint.
      for name in ["done", "model.h5"] { try FileManager.default.removeItem(atPath: run.path(name)) }
      try run.train(ranks: 2, "--resume")
      try Self.uninterrupted.get().expectSameEnd(run)
    }
  }
}
