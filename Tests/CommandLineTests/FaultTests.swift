import Foundation
import NeuralNetwork
import TestSupport
import Testing

extension ProgramTests {
  /// One rank of three breaks; the others are waiting for it.
  @Suite struct FaultTests {
    struct Fault: CustomTestStringConvertible {
      let name: String
      /// The exit codes of mpirun, see the notes on Open MPI: 128 and the signal, or the first bad exit code.
      let status: [Int32]
      var testDescription: String { name }
    }

    static let faults = [
      Fault(name: "throw", status: [65]), Fault(name: "kill", status: [137]),
      // A rank that leaves without MPI_Finalize.
      Fault(name: "exit", status: [1]),
      // Swift's run-time errors are SIGILL or SIGTRAP.
      Fault(name: "trap", status: [132, 133]),
    ]

    private let settings = [
      "epochs=5", "checkpoint.every=4 steps", "checkpoint.keep=99", "store=\(BuiltProgram.digits)",
    ]

    private func start(_ fault: String, rank: Int, in run: TrainingRun, timeout: Int = 30) throws -> MPIRun {
      let flags = settings.flatMap { ["--set", $0] } + ["--output", "run", "--rank", "\(rank)"]
      return try MPIRun(
        ranks: 3, BuiltProgram.path(of: "FaultyTrainer"), flags + ["--at-step", "38", "--fault", fault],
        environment: ["SWIFT_BACKTRACE": "enable=no"], in: run.folder.path, timeout: timeout)
    }

    /// The same run without a fault.
    private static let uninterrupted = Result {
      try FinishedRun("--epochs", "5", "--checkpoint-every", "4 steps", "--checkpoint-keep", "99")
    }

    /// Everything up to the fault is there, nothing else is, and the run goes on from it.
    ///
    /// The last checkpoint before the fault may still have been on its way.
    private func expectToResume(_ run: TrainingRun) throws {
      let reference = try Self.uninterrupted.get()
      let before = run.checkpoints.filter { $0 < "step-000000036.h5" }
      // Every fourth step, and the best epochs.
      #expect(before == [4, 8, 12, 15, 16, 20, 24, 28, 30, 32].map { "step-0000000\($0 < 10 ? "0" : "")\($0).h5" })
      #expect(["step-000000032.h5", "step-000000036.h5"].contains(run.checkpoints.last))
      for name in run.names("checkpoints") where !name.contains(".tmp-") && !name.hasPrefix("step-000000036") {
        #expect(try run.bytes("checkpoints/\(name)") == reference.contents["checkpoints/\(name)"], "\(name)")
      }
      try run.train(ranks: 2, "--resume")
      #expect(try run.contents().keys.sorted() == reference.contents.keys.sorted())
      try reference.expectSameEnd(run)
    }

    @Test(
      .timeLimit(.minutes(1)), arguments: isNightly ? [0, 1, 2] : [1], isNightly ? faults : [faults[0], faults[1]])
    func oneRankBreaks(rank: Int, fault: Fault) throws {
      let run = try TrainingRun()
      let result = try start(fault.name, rank: rank, in: run).wait()
      #expect(fault.status.contains(result.status), "\(result.status): \(result.errors)")
      #expect(result.seconds < 15)
      let messages = result.messages
      #expect(messages == (fault.name == "throw" ? ["cnn-dist: [rank \(rank)] a fault was injected"] : []))
      try expectToResume(run)
    }

    /// Nothing can tell a rank that hangs from one that computes; the limit of the job ends it, and nothing is lost.
    @Test(.timeLimit(.minutes(1)), .enabled(if: isNightly)) func oneRankHangs() throws {
      let run = try TrainingRun()
      let result = try start("hang", rank: 1, in: run, timeout: 4).wait()
      #expect(result.status == 110, "\(result.errors)")
      try expectToResume(run)
    }
  }

  /// A step allocates nothing and creates no primitive: everything is there before the first.
  @Suite struct StepTests {
    private static let everyAugmentation = """
      {rotation_range: 20, width_shift_range: 0.2, height_shift_range: 2, shear_range: 10, zoom_range: 0.2, \
      horizontal_flip: true, vertical_flip: true, brightness_range: [0.8, 1.2], channel_shift_range: 1, \
      random_crop: {padding: 1}}
      """

    /// Models that have, between them, every layer there is.
    private static let everyLayer = [
      """
      [{Rescaling: {scale: 0.0625}}, {Normalization: {mean: 0.3, variance: 0.1}}, {ZeroPadding2D: {padding: 1}}, \
      {Conv2D: {filters: 8, kernel_size: 3, padding: same, padding_mode: nearest, activation: gelu}}, \
      BatchNormalization, ReLU, {DepthwiseConv2D: {kernel_size: 3}}, LeakyReLU, {SpatialDropout2D: {rate: 0.1}}, \
      {Residual: {layers: [{Conv2D: {filters: 8, kernel_size: 3, padding: same}}, BatchNormalization, ELU]}}, \
      {Branches: {branches: [[{Conv2D: {filters: 4, kernel_size: 1}}, Tanh], [Softplus], []]}}, ChannelPooling, \
      MaxPooling2D, {AveragePooling2D: {pool_size: 2}}, GlobalAveragePooling2D, Sigmoid, {Dropout: {rate: 0.2}}, \
      {Dense: {units: 10}}, {Activation: {activation: elu}}, GELU, Softmax]
      """,
      """
      [{OneHot: {classes: 17}}, {Conv2D: {filters: 16, kernel_size: 3, padding: full}}, \
      {Conv2D: {filters: 32, kernel_size: 3, padding: same}}, {Reshape: {target_shape: [-1, 32]}}, \
      {Conv1D: {filters: 4, kernel_size: 3}}, MaxPooling1D, AveragePooling1D, {Reshape: {target_shape: [4, 6, 4]}}, \
      GlobalMaxPooling2D, Flatten, {Dense: {units: 10, activation: softmax}}]
      """,
    ]

    @Test func everyLayerIsAmongThem() throws {
      for kind in LayerRegistry.layers.map({ $0.kind }) {
        #expect(Self.everyLayer.contains { $0.contains(kind) }, "\(kind) is in no model whose steps are watched")
      }
    }

    @Test(.timeLimit(.minutes(1)), arguments: everyLayer) func noLayerAllocates(model: String) throws {
      try expectNoAllocation(ranks: 1, ["virtual_shards=3", "batch_size=100", "model={layers: \(model)}"])
    }

    /// On the main thread and on the reader's, in the steps of the second epoch and later.
    ///
    /// oneDNN copies the arguments of every call into tables of its own; those are small, and not scratchpads.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        (1, 1, "null", "direct"), (1, 8, "null", "auto"), (3, 8, everyAugmentation, "direct"),
      ])
    func nothingIsAllocated(ranks: Int, shards: Int, augmentation: String, convolution: String) throws {
      try expectNoAllocation(
        ranks: ranks,
        ["virtual_shards=\(shards)", "augmentation=\(augmentation)", "convolution=\(convolution)"],
        packsMatrices: convolution == "auto")
    }

    /// - Parameter packsMatrices: whether convolutions are matrix products, which pack their operands into memory that oneDNN
    ///   asks for itself; without AVX-512 those of few channels are in any case.
    private func expectNoAllocation(ranks: Int, _ settings: [String], packsMatrices: Bool = true) throws {
      let folder = try TemporaryFolder()
      let all = ["store=\(BuiltProgram.digits)", "epochs=4"] + settings
      let result = try MPIRun(
        ranks: ranks, BuiltProgram.path(of: "FaultyTrainer"), all.flatMap { ["--set", $0] } + ["--count-allocations"],
        in: folder.path
      ).wait()
      #expect(result.status == 0, "\(result.errors)")
      let counts = result.output.matches(
        of: /(\d+) steps: (\d+) allocations on the main thread, (\d+) on the reader's, (\d+) .* most (\d+) bytes/)
      #expect(counts.count == ranks, "\(result.output)")
      for count in counts {
        #expect(count.1 == "42")  // 14 of each of three epochs
        #expect(count.2 == "0" && count.3 == "0", "\(result.errors)")
        // The counter counts: oneDNN's own are there.
        #expect(
          Int(count.4) ?? 0 > 0 && (Int(count.5) ?? .max < 1024 || packsMatrices || !hasAVX512), "\(result.output)")
      }
    }

    /// oneDNN's matrix product packs its operands into memory that it asks for itself; the program asks for none.
    @Test(.timeLimit(.minutes(1))) func tapwiseConvolutionsAllocateNothing() throws {
      let folder = try TemporaryFolder()
      let settings = "filters: 128, kernel_size: 3, padding: same, activation: relu"
      let layers =
        "[{Conv2D: {\(settings), strides: 4}}, {Conv2D: {\(settings)}}, Flatten, "
        + "{Dense: {units: 10, activation: softmax}}]"
      let result = try MPIRun(
        ranks: 1, BuiltProgram.path(of: "FaultyTrainer"),
        [
          "--set", "store=\(BuiltProgram.digits)", "--set", "epochs=3", "--set", "model={layers: \(layers)}",
          "--count-allocations",
        ], in: folder.path
      ).wait()
      #expect(result.status == 0, "\(result.errors)")
      let count = try #require(
        result.output.firstMatch(
          of: /(\d+) allocations on the main thread, (\d+) on the reader's, (\d+) .* most (\d+) bytes/))
      #expect(count.1 == "0" && count.2 == "0", "\(result.errors)")
      #expect(Int(count.4) ?? 0 > 1024, "else no matrix was packed: \(result.output)")
    }

    @Test(.timeLimit(.minutes(1))) func nothingIsCreated() throws {
      let folder = try TemporaryFolder()
      let result = try MPIRun(
        command: [
          BuiltProgram.path(of: "FaultyTrainer"), "--set", "store=\(BuiltProgram.digits)", "--set", "epochs=3",
          "--set", "convolution=direct",
        ], environment: ["ONEDNN_VERBOSE": "2"], in: folder.path
      ).wait()
      #expect(result.status == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      let marker = try #require(lines.firstIndex { $0 == "the first epoch is complete" })
      func count(_ lines: ArraySlice<Substring>, _ words: String...) -> Int {
        lines.count { line in words.allSatisfy { line.contains($0) } }
      }
      let (first, later) = (lines[..<marker], lines[marker...])
      #expect(count(first, ",create") > 0)
      #expect(count(later, ",create") == 0)
      // Two epochs of 15 steps with 8 micro-batches, each with one backward pass of the kernels of one convolution…
      #expect(count(later, ",exec,", ",convolution,", ",backward_weights,") == 240)
      // …and none of its input, which is the images. The dense layers show that such a pass would be seen.
      #expect(count(lines[...], ",exec,", ",convolution,", ",backward_data,") == 0)
      #expect(count(later, ",exec,", ",inner_product,", ",backward_data,") == 480)
    }
  }
}
