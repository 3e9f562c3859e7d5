import Foundation
import Testing

@testable import NeuralNetwork

/// Values of the schedules that Keras has too are compared in KerasOptimizersTests.
@Suite struct ScheduleTests {
  static let examples = [
    #""constant""#, #"{"name": "exponential_decay", "decay_steps": 10, "decay_rate": 0.5, "staircase": true}"#,
    #"{"name": "inverse_time_decay", "decay_steps": 10, "decay_rate": 0.5}"#,
    #"{"name": "step", "boundaries": [3, 7], "factors": [1, 0.5, 0.1]}"#,
    #"{"name": "polynomial_decay", "decay_steps": 10, "end_factor": 0.1, "power": 2, "cycle": true}"#,
    #"{"name": "cosine_decay", "decay_steps": 10, "alpha": 0.1, "warmup_target": 2, "warmup_steps": 3}"#,
    #"{"name": "warmup", "steps": 5, "start_factor": 0.1, "then": {"CosineDecay": {"decay_steps": 9}}}"#,
    #"{"name": "linear_scaling", "reference": 32, "then": {"name": "warmup", "steps": 4}}"#,
    #"{"square_root_scaling": {"reference": 25}}"#,
  ]

  private func read(_ json: String) throws -> any Schedule {
    try JSONDecoder().decode(Choice<ScheduleRegistry>.self, from: Data(json.utf8)).value
  }

  @Test func everyScheduleHasAnExample() throws {
    #expect(Set(try Self.examples.map { type(of: try read($0)).kind }) == Set(ScheduleRegistry.types.map { $0.kind }))
  }

  @Test(arguments: examples)
  func survivesWriting(json: String) throws {
    let schedule = try read(json)
    let again = try read(
      String(decoding: JSONEncoder().encode(Choice<ScheduleRegistry>(schedule)), as: UTF8.self))
    #expect(type(of: again) == type(of: schedule))
    for updates in 0..<30 {
      #expect(
        again.factor(afterUpdates: updates, batchSize: 64) == schedule.factor(afterUpdates: updates, batchSize: 64))
    }
  }

  @Test func warmupRisesInALineAndHandsOver() throws {
    let warmup = Warmup(steps: 4, startFactor: 0.5, then: ExponentialDecay(decaySteps: 1, decayRate: 0.5))
    let factors = (0..<7).map { warmup.factor(afterUpdates: $0, batchSize: 1) }
    #expect(factors == [0.5, 0.625, 0.75, 0.875, 1, 0.5, 0.25])
  }

  @Test func ratesGrowWithTheBatch() throws {
    #expect(LinearScaling(reference: 256).factor(afterUpdates: 9, batchSize: 1024) == 4)
    #expect(SquareRootScaling(reference: 256).factor(afterUpdates: 9, batchSize: 1024) == 2)
    #expect(LinearScaling(reference: 64, then: Warmup(steps: 2)).factor(afterUpdates: 1, batchSize: 32) == 0.25)
  }

  @Test(arguments: [
    (#"{"name": "exponential_decay", "decay_rate": 0.5}"#, "the key 'decay_steps' is missing"),
    (
      #"{"name": "exponential_decay", "decay_steps": 0, "decay_rate": 0.5}"#,
      "decay_steps: expected a whole number from 1"
    ),
    (#"{"name": "exponential_decay", "decay_steps": 5, "decay_rate": 0}"#, "decay_rate: expected a number above 0"),
    (#"{"name": "inverse_time_decay", "decay_steps": 5, "decay_rate": -1}"#, "decay_rate: expected a number from 0 up"),
    (
      #"{"name": "exponential_decay", "decay_steps": 5, "decay_rate": 0.5, "initial_learning_rate": 0.1}"#,
      "a schedule is a factor on the optimizer's learning rate, 'initial_learning_rate' is a rate; leave it out"
    ),
    (#"{"name": "step", "boundaries": [1], "values": [0.1, 0.01]}"#, "a schedule is a factor"),
    (#"{"name": "step", "boundaries": [5, 5], "factors": [1, 1, 1]}"#, "boundaries must ascend from 0 or more"),
    (#"{"name": "step", "boundaries": [], "factors": [1]}"#, "boundaries must ascend"),
    (#"{"name": "step", "boundaries": [5], "factors": [1]}"#, "1 boundaries need 2 factors, found 1"),
    (#"{"name": "step", "boundaries": [5], "factors": [1, -1]}"#, "factors must not be negative"),
    (#"{"name": "polynomial_decay", "decay_steps": 5, "power": 0}"#, "power: expected a number above 0"),
    (#"{"name": "cosine_decay", "decay_steps": 5, "alpha": 2}"#, "alpha: expected a number from 0 to 1"),
    (#"{"name": "cosine_decay", "decay_steps": 5, "warmup_steps": 2}"#, "warmup_steps need a warmup_target"),
    (#"{"name": "cosine_decay", "decay_steps": 5, "warmup_target": 0.1}"#, "warmup_target is a factor"),
    (#"{"name": "warmup", "steps": 0}"#, "steps: expected a whole number from 1"),
    (#"{"name": "warmup", "steps": 2, "start_factor": 2}"#, "start_factor: expected a number from 0 to 1"),
    (#"{"name": "warmup", "steps": 2, "then": "cosine"}"#, "then: unknown schedule 'cosine'"),
    (#"{"name": "linear_scaling", "reference": 0}"#, "reference: expected a whole number from 1"),
  ])
  func refusesNonsense(json: String, text: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(json) }
    #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
  }

  /// What a checkpoint tells Keras; that Keras yields the same rates was compared for these very settings.
  @Test func kerasForms() throws {
    let warmup = LinearScaling(
      reference: 50, then: Warmup(steps: 4, startFactor: 0.5, then: CosineDecay(decaySteps: 9)))
    #expect(
      warmup.kerasForm(of: 0.125, batchSize: 100)
        == .schedule(
          className: "CosineDecay",
          config: [
            "initial_learning_rate": .double(0.125), "warmup_target": .double(0.25), "warmup_steps": .int(4),
            "decay_steps": .int(9), "alpha": .double(0),
          ]))
    #expect(LinearScaling(reference: 50).kerasForm(of: 0.125, batchSize: 100) == .constant(0.25))
    #expect(
      Warmup(steps: 4, then: InverseTimeDecay(decaySteps: 2, decayRate: 1)).kerasForm(of: 1, batchSize: 1) == nil)
    let json = try KerasTrainingConfiguration(
      loss: CategoricalCrossentropy(), optimizer: LARS(), schedule: Warmup(steps: 4)
    ).json
    #expect(json.contains(#""class_name": "SGD""#) && json.contains(#""class_name": "PolynomialDecay""#))
  }
}
