import Foundation
import HDF5
import NeuralNetwork
import OneDNN
import Testing

@testable import Training

@Suite struct CheckpointTests {
  private func example(momentum: Double = 0.9) throws -> (Checkpoint, TrainingConfiguration, Network) {
    var configuration = TrainingConfiguration()
    configuration.optimizer = Choice(SGD(learningRate: 0.1, momentum: momentum))
    let network = try Network(
      configuration.modelDescription(), input: Shape([8, 8, 1]), loss: configuration.loss.value,
      optimizer: configuration.optimizer.value, on: Engine())
    network.table.initialize(network.parameters, seed: 2)
    for slot in network.slots {
      for index in slot.slab.floats.indices { slot.slab.floats[index] = Float(index) / 7 }
    }
    var progress = TrainingProgress()
    (progress.epoch, progress.step, progress.updates) = (3, 7, 52)
    (progress.totals.loss, progress.totals.correct, progress.totals.count) = (0.1 + 0.2, 12, 700)
    let checkpoint = try Checkpoint(
      of: network, progress: progress, configuration: configuration, storeFingerprint: "0123abcd")
    return (checkpoint, configuration, network)
  }

  @Test func everythingComesBack() throws {
    let (checkpoint, _, network) = try example()
    let read = try Checkpoint(bytes: checkpoint.bytes(), file: "a.h5")
    #expect(read.progress == checkpoint.progress)
    #expect(read.parameters == checkpoint.parameters)
    #expect(read.slots.map(\.name) == ["momentum"] && read.slots[0].values == checkpoint.slots[0].values)
    #expect(read.configuration == checkpoint.configuration)
    #expect(read.storeFingerprint == checkpoint.storeFingerprint && read.platform == checkpoint.platform)
    #expect(read.inputShape == Shape([8, 8, 1]))
    let before = (Array(network.parameters.floats), Array(network.slots[0].slab.floats))
    network.parameters.floats.update(repeating: 0)
    network.slots[0].slab.floats.update(repeating: 0)
    try read.restore(network)
    #expect(Array(network.parameters.floats) == before.0)
    for entry in network.table.entries {
      #expect(Array(network.slots[0].slab.floats.extracting(entry.range)) == Array(before.1[entry.range]))
    }
  }

  /// What only some trainings have is in their checkpoints only: all others have the bytes that they always had.
  @Test func skippedStepsComeBack() throws {
    var (checkpoint, _, _) = try example()
    #expect(try !File(image: checkpoint.bytes(), name: "a.h5").hasAttribute("skipped_in_a_row", of: "training"))
    checkpoint.progress.skippedInARow = 7
    #expect(try Checkpoint(bytes: checkpoint.bytes(), file: "a.h5").progress == checkpoint.progress)
  }

  /// The state of every optimizer comes back, and with it the settings that Keras is told.
  @Test(arguments: OptimizerRegistry.types.map { $0.kind })
  func slotsOfEveryOptimizerComeBack(kind: String) throws {
    var configuration = TrainingConfiguration()
    configuration.optimizer = try ConfigurationTree(yaml: kind, from: "test").decode(Choice<OptimizerRegistry>.self)
    func network() throws -> Network {
      try Network(
        configuration.modelDescription(), input: Shape([8, 8, 1]), loss: configuration.loss.value,
        optimizer: configuration.optimizer.value, on: Engine())
    }
    let trained = try network()
    trained.table.initialize(trained.parameters, seed: 2)
    for update in 0..<3 {
      for index in trained.gradients.floats.indices { trained.gradients.floats[index] = Float(index % 5 + update) / 7 }
      trained.update(learningRate: 0.01, updates: update)
    }
    let bytes = try Checkpoint(
      of: trained, progress: TrainingProgress(), configuration: configuration, storeFingerprint: ""
    ).bytes()
    let resumed = try network()
    #expect(resumed.slots.map(\.name) == configuration.optimizer.value.slots.map(\.name))
    try Checkpoint(bytes: bytes, file: "a.h5").restore(resumed)
    for network in [trained, resumed] {
      for index in network.gradients.floats.indices { network.gradients.floats[index] = Float(index % 11) / 9 - 0.5 }
      network.update(learningRate: 0.01, updates: 3)
    }
    for entry in trained.table.entries {
      let (first, second) = (trained.parameters.floats, resumed.parameters.floats)
      #expect(first.extracting(entry.range).elementsEqual(second.extracting(entry.range)), "\(entry.layerName)")
    }
  }

  /// Nothing says when or where a checkpoint was written.
  @Test func sameStateSameBytes() throws {
    let first = try example().0.bytes()
    usleep(1_100_000)
    #expect(try example().0.bytes() == first)
  }

  @Test func otherSettingsAreRefused() throws {
    let (checkpoint, configuration, network) = try example()
    func check(_ change: (inout TrainingConfiguration) -> Void, store: String = "0123abcd") -> String? {
      var changed = configuration
      change(&changed)
      do {
        let layout = EpochLayout(samples: 1437, batchSize: 100, shards: try VirtualShards(count: 8, ranks: 1))
        try checkpoint.check(fits: changed, storeFingerprint: store, network: network, layout: layout)
        return nil
      } catch { return "\(error)" }
    }
    #expect(check { $0.epochs = 500 } == nil)
    #expect(check { $0.optimizer = Choice(SGD(learningRate: 0.5, momentum: 0.9)) } == nil)
    #expect(check { $0.virtualShards = 4 }?.contains("virtual_shards 8, asked for is 4") == true)
    #expect(check { $0.batchSize = 32 }?.contains("batch_size 100, asked for is 32") == true)
    #expect(check { $0.order = .global }?.contains("order sharded, asked for is global") == true)
    #expect(check { $0.optimizer = Choice(LARS()) }?.contains("optimizer SGD, asked for is LARS") == true)
    #expect(check { $0.seed = 1 }?.contains("seed 0, asked for is 1") == true)
    #expect(check({ _ in }, store: "ffff")?.contains("store 0123abcd, asked for is ffff") == true)
    // It is within the fourth epoch.
    #expect(check { $0.epochs = 4 } == nil)
    for epochs in [2, 3] {
      let error = check { $0.epochs = epochs }
      #expect(error?.contains("within epoch 4, 7 of 15 steps, asked for are \(epochs); use --epochs 4") == true)
    }
  }

  /// Training ends by the rules it was trained with, or goes on.
  @Test func otherRulesForTheEnd() throws {
    var (checkpoint, configuration, _) = try example()
    configuration.earlyStopping = EarlyStoppingConfiguration()
    configuration.earlyStopping?.patience = 5
    let before = configuration.earlyStopping
    checkpoint.configuration = try configuration.decidingTheResult().yaml()
    try checkpoint.check(rules: before, end: "it says so", isOver: true)
    configuration.earlyStopping?.patience = 2
    for (rules, text) in [(configuration.earlyStopping, #""patience":2"#), (nil, "asked for is none")] {
      try checkpoint.check(rules: rules, end: nil, isOver: false)
      for (end, isOver) in [("it says so", false), (nil, true)] {
        let error = #expect(throws: CheckpointError.self) {
          try checkpoint.check(rules: rules, end: end, isOver: isOver)
        }
        for words in [#""patience":5"#, text, end ?? "nothing is left"] {
          #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
      }
    }
  }

  /// A file with a right checksum may still have been made by hand.
  @Test(
    arguments: [
      { $0.step = 99 }, { $0.epoch = -1 }, { $0.epoch = 5_000_000_000 }, { $0.updates = .max }, { $0.updates = -5 },
      { $0.totals.count = 3 }, { $0.totals.correct = -1 },
      { $0.skippedInARow = -1 }, { $0.skippedInARow = 11 },
    ] as [@Sendable (inout TrainingProgress) -> Void])
  func progressThatMakesNoSenseIsRefused(change: @Sendable (inout TrainingProgress) -> Void) throws {
    var (checkpoint, configuration, network) = try example()
    change(&checkpoint.progress)
    configuration.epochs = Int(UInt32.max)
    let layout = EpochLayout(samples: 1437, batchSize: 100, shards: try VirtualShards(count: 8, ranks: 1))
    var error: CheckpointError?
    do {
      try checkpoint.check(fits: configuration, storeFingerprint: "0123abcd", network: network, layout: layout)
    } catch let refusal as CheckpointError { error = refusal }
    #expect(error?.description.contains("its progress makes no sense") == true)
  }

  /// Every setting of a layer counts, but not its penalty.
  @Test func anotherModelIsRefused() throws {
    let (checkpoint, configuration, _) = try example()
    let layout = EpochLayout(samples: 1437, batchSize: 100, shards: try VirtualShards(count: 8, ranks: 1))
    func check(_ activation: Activation, l2: Double) throws -> String? {
      let model = ModelDescription(
        name: "digits", l2: l2,
        layers: [
          Conv2D(filters: 10, kernelSize: (3, 3), activation: activation), MaxPooling2D(), Flatten(),
          Dense(units: 50, activation: .relu), Dense(units: 10, activation: .softmax),
        ])
      let network = try Network(model, input: Shape([8, 8, 1]), loss: CategoricalCrossentropy(), on: Engine())
      do {
        try checkpoint.check(fits: configuration, storeFingerprint: "0123abcd", network: network, layout: layout)
        return nil
      } catch { return "\(error)" }
    }
    #expect(try check(.relu, l2: 0.5) == nil)
    #expect(try check(.tanh, l2: 0.01)?.contains("layer 1") == true)
  }

  @Test func anotherOptimizerIsRefused() throws {
    let (checkpoint, _, _) = try example()
    let plain = try example(momentum: 0).2
    let error = #expect(throws: CheckpointError.self) { try checkpoint.restore(plain) }
    #expect(error?.description.contains("the optimizer keeps nothing, the checkpoint has momentum") == true)
  }

  @Test func otherFilesAreRefused() throws {
    let foreign = try File.inMemory(name: "foreign")
    try foreign.write([1.0, 2.0], shape: [2], to: "x")
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(bytes: foreign.image(), file: "foreign.h5") }
    #expect(
      error?.description == "foreign.h5: not a checkpoint of cnn-dist; a Keras model can be evaluated, not resumed")
    #expect(throws: (any Error).self) { try Checkpoint(bytes: Array("no HDF5".utf8), file: "text") }
    #expect(throws: (any Error).self) { try Checkpoint(bytes: [], file: "empty") }
  }

  /// Cut anywhere, a checkpoint is refused, and nothing crashes.
  @Test func truncatedFilesAreRefused() throws {
    let bytes = try example().0.bytes()
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
      #expect(throws: (any Error).self) { try Checkpoint(bytes: Array(bytes[..<length]), file: "cut.h5") }
    }
  }
}

@Suite struct CheckpointStoreTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoints-\(UUID().uuidString)")

  @Test func lastOnesAreKeptAndDamagedOnesPassedOver() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = CheckpointStore(folder: folder.path(percentEncoded: false), keep: 2)
    #expect(try store.newest { _ in } == nil)
    let configuration = TrainingConfiguration()
    let network = try Network(
      configuration.modelDescription(), input: Shape([8, 8, 1]), loss: configuration.loss.value, on: Engine())
    for updates in [5, 10, 1_000_000_000] {
      var progress = TrainingProgress()
      progress.updates = updates
      try store.write(
        Checkpoint(of: network, progress: progress, configuration: configuration, storeFingerprint: ""))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
    #expect(
      names == [
        "step-000000010.h5", "step-000000010.h5.sha256", "step-1000000000.h5", "step-1000000000.h5.sha256",
      ])

    var reports: [String] = []
    let newest = try #require(try store.newest { reports.append($0) })
    #expect(newest.path.hasSuffix("step-1000000000.h5") && reports.isEmpty)
    // What is newer than where training continues is set aside, not counted as one of the last.
    try Data("of another past".utf8).write(to: folder.appending(path: "step-9000000000.h5"))
    store.setAside(newerThan: 1_000_000_000)
    #expect(store.list().count == 2 && store.list().last == newest.path)
    #expect(access(folder.appending(path: "step-9000000000.h5.damaged").path(percentEncoded: false), F_OK) == 0)
    var damaged = newest.bytes
    damaged[damaged.count / 2] ^= 1
    try Data(damaged).write(to: URL(filePath: newest.path))
    let older = try #require(try store.newest { reports.append($0) })
    #expect(older.path.hasSuffix("step-000000010.h5"))
    #expect(reports.count == 1 && reports[0].contains("damaged"))
    try Data().write(to: URL(filePath: older.path))
    #expect(throws: CheckpointError.self) { try store.newest { _ in } }
  }
}

@Suite struct BestCheckpointTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "best-\(UUID().uuidString)")

  private func checkpoint(updates: Int, best: Int?) throws -> Checkpoint {
    let configuration = TrainingConfiguration()
    let network = try Network(
      configuration.modelDescription(), input: Shape([8, 8, 1]), loss: configuration.loss.value, on: Engine())
    var progress = TrainingProgress()
    progress.updates = updates
    progress.best = best.map { BestEpoch(monitor: "loss", value: 0.5, epoch: $0 / 10, updates: $0) }
    return try Checkpoint(of: network, progress: progress, configuration: configuration, storeFingerprint: "")
  }

  private func steps() throws -> [Int] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
      .filter { $0.hasSuffix(".h5") }.compactMap { Int($0.filter(\.isNumber).dropLast()) }.sorted()
  }

  /// The newest are kept, and those that they name.
  @Test func theBestIsSpared() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = CheckpointStore(folder: folder.path(percentEncoded: false), keep: 2)
    for (updates, best) in [(5, nil), (10, 10), (20, 10), (30, 10), (40, 10)] {
      try store.write(checkpoint(updates: updates, best: best))
    }
    #expect(try steps() == [10, 30, 40])
    // The newest names another; the one before it, to which a run goes back should that be damaged, the old one.
    try store.write(checkpoint(updates: 50, best: 50))
    #expect(try steps() == [10, 40, 50])
    try store.write(checkpoint(updates: 60, best: 50))
    #expect(try steps() == [50, 60])
    let read = try Checkpoint(bytes: #require(try store.newest { _ in }).bytes, file: "a.h5")
    #expect(read.progress.best == BestEpoch(monitor: "loss", value: 0.5, epoch: 5, updates: 50))
  }

  @Test func aThreadWritesAndReports() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let writer = CheckpointWriter(into: CheckpointStore(folder: folder.path(percentEncoded: false), keep: 9))
    for updates in [10, 20, 30] {
      try writer.write(
        CheckpointWriter.Order(
          checkpoints: [checkpoint(updates: updates, best: 10)], modelFile: folder.path(percentEncoded: false) + "/m"))
    }
    try writer.wait()
    #expect(try steps() == [10, 20, 30])
    // The name of the temporary file is taken.
    let obstacle = folder.appending(path: ".step-000000040.h5.tmp-\(getpid())")
    try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: false)
    try writer.write(CheckpointWriter.Order(checkpoints: [checkpoint(updates: 40, best: 10)]))
    #expect(throws: FileWriteError.self) { while true { try writer.check() } }
    #expect(try steps() == [10, 20, 30])
    // It is thrown once, and the next order is another matter; so is the one that waits for it.
    try writer.write(CheckpointWriter.Order(checkpoints: [checkpoint(updates: 40, best: 10)]))
    #expect(throws: FileWriteError.self) { try writer.write(CheckpointWriter.Order(checkpoints: [])) }
    try FileManager.default.removeItem(at: obstacle)
    try writer.write(CheckpointWriter.Order(checkpoints: [checkpoint(updates: 40, best: 10)]))
    try writer.wait()
    #expect(try steps() == [10, 20, 30, 40])
  }

  /// A folder that cannot be listed is not one without checkpoints.
  @Test func whatIsNoFolderIsRefused() throws {
    let store = CheckpointStore(folder: folder.path(percentEncoded: false), keep: 2)
    #expect(try store.newest { _ in } == nil)
    try Data().write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let error = #expect(throws: CheckpointError.self) { try store.newest { _ in } }
    #expect(error?.description.contains("the folder cannot be read: Not a directory") == true)
  }

  /// By hand: what is less counts, in epochs whose loss is a number.
  @Test func theLowestLossIsTheBest() {
    let rule = BestEpochRule(nil, hasValidation: true)
    var best: BestEpoch?
    for (index, loss) in [Double.nan, 0.9, 0.9, 0.7, 0.8, .infinity, 0.7].enumerated() {
      rule.observe(
        EpochMetrics(
          epoch: index + 1, step: 4 * (index + 1), loss: 1, accuracy: nil,
          validation: EvaluationMetrics(loss: loss, count: 1, results: []), seconds: 1, imagesPerSecond: 1,
          secondsWaited: 0), in: &best)
      #expect(best?.epoch == [nil, 2, 2, 4, 4, 4, 4][index])
    }
    #expect(best == BestEpoch(monitor: "validation_loss", value: 0.7, epoch: 4, updates: 16))
    #expect(BestEpochRule(nil, hasValidation: false).monitor == "loss")
  }
}

@Suite struct CheckpointReplacementTests {
  /// A checkpoint of a step that is already there: if the disk is full, or the process killed in between, the old one
  /// still counts.
  @Test func oldOneCountsUntilTheNewOneIsThere() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "replacement-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = CheckpointStore(folder: folder.path(percentEncoded: false), keep: 2)
    var configuration = TrainingConfiguration()
    let network = try Network(
      configuration.modelDescription(), input: Shape([8, 8, 1]), loss: configuration.loss.value, on: Engine())
    func checkpoint() throws -> Checkpoint {
      try Checkpoint(of: network, progress: TrainingProgress(), configuration: configuration, storeFingerprint: "")
    }
    let old = try store.write(checkpoint())
    configuration.epochs = 7
    // The name of the temporary file is taken, so the checksums are written and the checkpoint is not.
    let obstacle = folder.appending(path: ".step-000000000.h5.tmp-\(getpid())")
    try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: false)
    #expect(throws: FileWriteError.self) { try store.write(checkpoint()) }
    try FileManager.default.removeItem(at: obstacle)
    #expect(try store.newest { _ in }?.bytes == old)
    let new = try store.write(checkpoint())
    #expect(new != old)
    #expect(try store.newest { _ in }?.bytes == new)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
    #expect(names == ["step-000000000.h5", "step-000000000.h5.sha256"])
  }
}
