import NeuralNetwork
import TestSupport
import Testing
import Training

@testable import Sweeps

@Suite struct SweepConfigurationTests {
  private func sweep(
    _ axes: String..., settings: String = "{optimizer: {name: sgd}}", repeats: Int = 1, ranksPerTrial: Int = 1
  ) throws -> SweepConfiguration {
    SweepConfiguration(
      settings: try ConfigurationTree(yaml: settings, from: "test"),
      grid: try Grid(axes.map { try Axis($0) }, .all, seed: 0), repeats: repeats, ranksPerTrial: ranksPerTrial)
  }

  @Test func axesLieOverTheSettings() throws {
    let sweep = try sweep(
      "optimizer.learning_rate=0.1,0.2", "l2=0,0.5", settings: "{optimizer: {name: sgd, momentum: 0.9}}", repeats: 3)
    #expect(sweep.trialCount == 12)
    let trial = try sweep.trial(10)
    #expect(trial.number == 11 && trial.point == [.double(0.2), .double(0.5)])
    let configuration = trial.configuration
    #expect(configuration.optimizer.value.learningRate == 0.2 && configuration.l2 == 0.5 && configuration.seed == 1)
    #expect((configuration.optimizer.value as? SGD)?.momentum == 0.9)
    #expect(trial.text == "learning-rate 0.2, l2 0.5, seed 1")
  }

  /// Whatever the order of the axes, what contains others comes first.
  @Test func axesOverAxes() throws {
    let sweep = try sweep(
      "optimizer.learning_rate=0.001,0.1", "model.filters=4,6", "optimizer=sgd,adam", "model=digits,lenet5")
    let configuration = try sweep.trial(15).configuration
    #expect(configuration.optimizer.value is Adam && configuration.optimizer.value.learningRate == 0.1)
    let model = try configuration.modelDescription()
    #expect(model.name == "lenet5")
    #expect((model.layers.first { $0 is Conv2D } as? Conv2D)?.settings.filters == 6)
    let first = try sweep.trial(0).configuration
    #expect(first.optimizer.value is SGD && first.optimizer.value.learningRate == 0.001)
  }

  /// A penalty that nobody has named is the model's, also where models are the axis.
  @Test func theModelsOwnPenalty() throws {
    let sweep = try sweep("model=digits,mnist")
    #expect(try sweep.trial(0).configuration.l2 == CourseModels.model(named: "digits").description.l2)
    #expect(try sweep.trial(1).configuration.l2 == CourseModels.model(named: "mnist").description.l2)
  }

  @Test func keysOfLayers() throws {
    let sweep = try sweep("model.filters=8,16", "model.dense.units=20,30")
    let model = try sweep.trial(3).configuration.modelDescription()
    #expect((model.layers[0] as? Conv2D)?.settings.filters == 16)
    #expect((model.layers[3] as? Dense)?.units == 30 && (model.layers[4] as? Dense)?.units == 10)
    #expect(model.l2 == CourseModels.digits.description.l2)
  }

  @Test(arguments: [
    ("learning_rat=1", "learning_rat"), ("optimizer.moment=0.9", "momentum"), ("batch_size=0,10", "batch_size"),
    ("epochs=1.5", "epochs"), ("model.filter=3", "no layer has a 'filter'"), ("model.conv.filters=3", "conv2d"),
    ("model=digit", "digits"),
  ])
  func mistakesAreNamed(axis: String, words: String) throws {
    let sweep = try sweep(axis)
    #expect {
      for index in 0..<sweep.trialCount { _ = try sweep.trial(index) }
    } throws: {
      $0 is ConfigurationError && "\($0)".contains(words) && ("\($0)".contains("trial 1") || "\($0)".contains("axis"))
    }
  }

  @Test func whatTheRanksCannotDo() throws {
    func fails(_ words: String, _ sweep: SweepConfiguration, ranks: Int) {
      #expect {
        _ = try sweep.checked(ranks: ranks)
      } throws: {
        "\($0)".contains(words)
      }
    }
    fails("the job has 2", try sweep("l2=0", ranksPerTrial: 3), ranks: 2)
    fails("virtual shards", try sweep("l2=0", ranksPerTrial: 9), ranks: 9)
    fails("from 1 up", try sweep("l2=0", repeats: 0), ranks: 1)
    #expect(try sweep("l2=0", ranksPerTrial: 8).checked(ranks: 9).ranksPerTrial == 8)
  }

  @Test func aMillionTrialsAreAskedAbout() throws {
    #expect {
      try sweep("l2=0:1:lin1000", "optimizer.momentum=0:0.9:lin1000").requireModestSize()
    } throws: {
      "\($0)".contains("1,000,000 trials") && "\($0)".contains("--yes")
    }
    try sweep("l2=0:1:lin10000").requireModestSize()
  }

  /// What one rank tells the others: the same trials, whatever kinds of axes.
  @Test func messagesSayAll() throws {
    let sweep = try sweep(
      "optimizer.learning_rate=1e-5:10:log7", "schedule=[constant, {name: cosine_decay, decay_steps: 9}]")
    let other = try SweepConfiguration(message: sweep.message())
    #expect(other.trialCount == sweep.trialCount)
    for index in 0..<sweep.trialCount {
      #expect(try other.trial(index).configuration.yaml() == sweep.trial(index).configuration.yaml())
    }
  }

  /// The key follows what decides the result, and nothing else.
  @Test func keysOfTrials() throws {
    func key(_ settings: String, _ fingerprint: String = "f") throws -> String {
      try sweep("l2=0.1", settings: settings).trial(0).key(storeFingerprint: fingerprint)
    }
    let key0 = try key("{epochs: 3}")
    #expect(try key("{epochs: 3, allreduce: tree-messages, memory_per_rank: 1G, log_every: 5}") == key0)
    #expect(try key("{epochs: 4}") != key0)
    #expect(try key("{epochs: 3, seed: 1}") != key0)
    #expect(try key("{epochs: 3}", "g") != key0)
  }

  @Test func filesSayAll() throws {
    let file = try SweepFile(
      yaml: """
        axes:
          - optimizer.learning_rate: 1e-5:10:log7
          - l2: [0, 0.001]
          - model.filters=8,16
          - batch_size: 50
        repeats: 3
        latin_hypercube: 9
        stopping: median
        ranks_per_trial: 2
        settings: {model: digits, epochs: 7}
        """, from: "sweep.yaml")
    #expect(file.axes.map(\.setting) == ["optimizer.learning_rate", "l2", "model.filters", "batch_size"])
    #expect(file.repeats == 3 && file.latinHypercube == 9 && file.stopping == .median && file.ranksPerTrial == 2)
    #expect(file.settings.value(at: "epochs") == .int(7))
  }

  @Test(arguments: [
    ("axis: []", "axes"), ("axes: [3]", "axes"), ("stopping: maybe", "halving"), ("settings: 3", "settings"),
    ("axes: [{a: 1, b: 2}]", "axes"), ("axes: [{l2: 3:1:log3}]", "reversed"), ("repeats: x", "repeats"),
  ])
  func mistakesInFilesAreNamed(text: String, words: String) {
    #expect {
      _ = try SweepFile(yaml: text, from: "sweep.yaml")
    } throws: {
      "\($0)".contains("sweep.yaml") && "\($0)".contains(words)
    }
  }

  @Test func parts() throws {
    let parts = try (1...3).map { try SweepPart("\($0)/3") }
    #expect((0..<10).allSatisfy { index in parts.count { $0.contains(index) } == 1 })
    #expect(parts[1].name == "part-2-of-3")
    for text in ["0/3", "4/3", "1", "1/0", "a/b", "1/2/3", ""] {
      #expect(throws: ConfigurationError.self) { try SweepPart(text) }
    }
  }
}
