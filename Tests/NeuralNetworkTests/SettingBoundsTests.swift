import FoundationEssentials
import Testing

@testable import NeuralNetwork

/// Numbers at the ends of their ranges, and what is no number, in every place where an optimizer, a schedule, a loss, a
/// penalty or a metric has a setting: an error, or something that trains and is written for Keras.
@Suite struct SettingBoundsTests {
  static let values = [
    "0", "1", "-1", "0.5", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1e308", "-1e308",
    "1e-320", "1e999", "NaN", #""much""#, "[]", "[1, 2]", "{}", "null", "true",
  ]

  /// The settings with each value in place of each `#`, one at a time, and 1 in the others' places.
  private func forms(_ template: String) -> [String] {
    let parts = template.split(separator: "#", omittingEmptySubsequences: false)
    return (1..<parts.count).flatMap { place in
      Self.values.map { value in
        parts.enumerated().reduce(into: "") { text, part in
          text += (part.offset == 0 ? "" : part.offset == place ? value : "0.5") + part.element
        }
      }
    }
  }

  /// What the settings stand for; nil if they are refused.
  private func read<Source: Registry>(_ json: String, from registry: Source.Type) throws -> Source.Element? {
    do {
      return try JSONDecoder().decode(Choice<Source>.self, from: Data(json.utf8)).value
    } catch is ConfigurationError {
      return nil
    } catch is DecodingError {
      return nil  // no JSON
    }
  }

  private func expectKerasForm(_ optimizer: any Optimizer, _ schedule: any Schedule, _ settings: String) throws {
    for batch in [1, 1024] {
      let written = try KerasTrainingConfiguration(
        loss: CategoricalCrossentropy(), optimizer: optimizer, schedule: schedule, batchSize: batch)
      #expect(throws: Never.self, "\(settings)") {
        try JSONDecoder().decode(ConfigurationValue.self, from: Data(written.json.utf8))
      }
    }
  }

  @Test(arguments: [
    "sgd, momentum: #", "rmsprop, rho: #, momentum: #, epsilon: #, centered: #",
    "adam, beta_1: #, beta_2: #, epsilon: #, amsgrad: #", "adamw, weight_decay: #", "adagrad, epsilon: #",
    "adagrad, initial_accumulator_value: #", "adadelta, rho: #, epsilon: #", "lars, momentum: #, weight_decay: #",
    "lars, trust_coefficient: #", "sgd, learning_rate: #", "sgd, nesterov: #", "adam, learning_rate: #",
    "lars, learning_rate: #", "sgd, clipnorm: #", "sgd, clipvalue: #", "sgd, global_clipnorm: #",
  ]) func optimizers(settings: String) throws {
    var read = 0
    for form in forms(Self.json(settings)) {
      guard let optimizer = try self.read(form, from: OptimizerRegistry.self) else { continue }
      read += 1
      let slabs = OptimizerTests.slabs([[[3, 5], [5]]], for: optimizer)
      for index in slabs.gradients.floats.indices { slabs.gradients.floats[index] = Float(index) - 3 }
      for update in [0, 1, Int(Int32.max)] {
        optimizer.clipping?.apply(to: slabs.gradients, slabs.table)
        optimizer.update(slabs, learningRate: Float(optimizer.learningRate), update: update)
      }
      try expectKerasForm(optimizer, ConstantSchedule(), form)
    }
    #expect(read > 0)
  }

  @Test(arguments: [
    "exponential_decay, decay_steps: #, decay_rate: 0.5", "exponential_decay, decay_steps: 3, decay_rate: #",
    "inverse_time_decay, decay_steps: #, decay_rate: 2", "inverse_time_decay, decay_steps: 3, decay_rate: #",
    "step, boundaries: [#], factors: [1, 2]", "step, boundaries: [1, 2], factors: [1, #, #]",
    "step, boundaries: #, factors: [1, 2]", "step, boundaries: [1], factors: #", "polynomial_decay, decay_steps: #",
    "polynomial_decay, decay_steps: 3, end_factor: #, power: #, cycle: true", "cosine_decay, decay_steps: #",
    "cosine_decay, decay_steps: 3, alpha: #", "cosine_decay, decay_steps: 3, warmup_target: #, warmup_steps: 2",
    "cosine_decay, decay_steps: 3, warmup_target: 2, warmup_steps: #", "warmup, steps: #",
    "warmup, steps: 3, start_factor: #", "warmup, steps: 3, then: #", "linear_scaling, reference: #",
    "square_root_scaling, reference: #", "linear_scaling, then: #",
  ]) func schedules(settings: String) throws {
    for form in forms(Self.json(settings)) {
      guard let schedule = try read(form, from: ScheduleRegistry.self) else { continue }
      for updates in [0, 1, 2, 3, 4, Int(Int32.max), .max] {
        for batch in [1, Int(Int32.max)] { _ = schedule.factor(afterUpdates: updates, batchSize: batch) }
      }
      for rate in [0.01, 1e308] { try expectKerasForm(SGD(learningRate: rate), schedule, form) }
    }
  }

  @Test func penalties() throws {
    let values = Slab(count: 40)
    for index in 0..<40 { values.floats[index] = Float(index) - 20 }
    for form in forms(#"{"l1": #, "l2": #}"#) + forms("#") {
      guard let penalty = try? JSONDecoder().decode(Regularizer.self, from: Data(form.utf8)) else { continue }
      _ = penalty.penalty(of: values, in: 0..<37)
      penalty.addGradient(of: values, in: 0..<37, to: Slab(count: 40))
    }
  }

  @Test func lossesAndMetrics() throws {
    for form in forms(Self.json("binary_crossentropy, from_logits: #")) + forms("#") + forms(#"{"name": #}"#) {
      _ = try read(form, from: LossRegistry.self)
    }
    for form in forms(Self.json("top_k_categorical_accuracy, k: #")) + forms("#") {
      _ = try read(form, from: MetricRegistry.self)
    }
  }

  /// `sgd, momentum: #` as JSON.
  private static func json(_ settings: String) -> String {
    let keyed = settings.replacing(#/([a-z0-9_]+): /#) { "\"\($0.output.1)\": " }
    let name = keyed.prefix { $0 != "," }
    return "{\"name\": \"\(name)\"\(keyed.dropFirst(name.count))}"
  }
}
