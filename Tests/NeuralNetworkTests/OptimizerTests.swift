import Foundation
import Testing

@testable import NeuralNetwork

/// What every registered optimizer must do.
@Suite struct OptimizerTests {
  /// An optimizer's settings, and its formula for one value in double precision.
  struct Example: CustomTestStringConvertible, Sendable {
    let settings: String
    let initialState: [Double]
    /// The new value; `state` has one number for each slot.
    let step: @Sendable (_ value: Double, _ gradient: Double, _ state: inout [Double], _ update: Int) -> Double

    var testDescription: String { settings }
    var optimizer: any Optimizer {
      get throws { try OptimizerTests.read(settings) }
    }
  }

  static let rate = 0.1
  static let examples = [
    Example(settings: #"{"name": "sgd"}"#, initialState: []) { value, gradient, _, _ in value - rate * gradient },
    Example(settings: #"{"name": "sgd", "momentum": 0.9}"#, initialState: [0]) { value, gradient, state, _ in
      state[0] = 0.9 * state[0] - rate * gradient
      return value + state[0]
    },
    Example(settings: #"{"name": "sgd", "momentum": 0.5, "nesterov": true}"#, initialState: [0]) {
      value, gradient, state, _ in
      state[0] = 0.5 * state[0] - rate * gradient
      return value + 0.5 * state[0] - rate * gradient
    },
    Example(settings: #"{"name": "rmsprop"}"#, initialState: [0]) { value, gradient, state, _ in
      state[0] = 0.9 * state[0] + 0.1 * gradient * gradient
      return value - rate * gradient / (state[0] + 1e-7).squareRoot()
    },
    Example(settings: #"{"name": "rmsprop", "rho": 0.8, "momentum": 0.5}"#, initialState: [0, 0]) {
      value, gradient, state, _ in
      state[0] = 0.8 * state[0] + 0.2 * gradient * gradient
      state[1] = 0.5 * state[1] + rate * gradient / (state[0] + 1e-7).squareRoot()
      return value - state[1]
    },
    Example(settings: #"{"name": "rmsprop", "centered": true, "epsilon": 0.01}"#, initialState: [0, 0]) {
      value, gradient, state, _ in
      state[0] = 0.9 * state[0] + 0.1 * gradient * gradient
      state[1] = 0.9 * state[1] + 0.1 * gradient
      return value - rate * gradient / (state[0] - state[1] * state[1] + 0.01).squareRoot()
    },
    Example(
      settings: #"{"name": "rmsprop", "centered": true, "momentum": 0.5, "epsilon": 0.01}"#, initialState: [0, 0, 0]
    ) { value, gradient, state, _ in
      state[0] = 0.9 * state[0] + 0.1 * gradient * gradient
      state[2] = 0.9 * state[2] + 0.1 * gradient
      state[1] = 0.5 * state[1] + rate * gradient / (state[0] - state[2] * state[2] + 0.01).squareRoot()
      return value - state[1]
    },
    Example(settings: #"{"name": "adam"}"#, initialState: [0, 0]) { value, gradient, state, update in
      value - adam(gradient, &state, update, 0.9, 0.999, amsgrad: false)
    },
    Example(settings: #"{"name": "adam", "beta_1": 0.5, "beta_2": 0.7, "amsgrad": true}"#, initialState: [0, 0, 0]) {
      value, gradient, state, update in
      value - adam(gradient, &state, update, 0.5, 0.7, amsgrad: true)
    },
    Example(settings: #"{"name": "adamw", "weight_decay": 0.25}"#, initialState: [0, 0]) {
      value, gradient, state, update in
      value - rate * 0.25 * value - adam(gradient, &state, update, 0.9, 0.999, amsgrad: false)
    },
    Example(settings: #"{"name": "adagrad"}"#, initialState: [0.1]) { value, gradient, state, _ in
      state[0] += gradient * gradient
      return value - rate * gradient / (state[0] + 1e-7).squareRoot()
    },
    Example(settings: #"{"name": "adadelta", "epsilon": 0.01}"#, initialState: [0, 0]) { value, gradient, state, _ in
      state[0] = 0.95 * state[0] + 0.05 * gradient * gradient
      let step = gradient * (state[1] + 0.01).squareRoot() / (state[0] + 0.01).squareRoot()
      state[1] = 0.95 * state[1] + 0.05 * step * step
      return value - rate * step
    },
  ]

  private static func adam(
    _ gradient: Double, _ state: inout [Double], _ update: Int, _ beta1: Double, _ beta2: Double, amsgrad: Bool
  ) -> Double {
    state[0] += (1 - beta1) * (gradient - state[0])
    state[1] += (1 - beta2) * (gradient * gradient - state[1])
    if amsgrad { state[2] = max(state[2], state[1]) }
    // The powers of the rates as Keras has them, rounded to Float32.
    let alpha =
      rate * (1 - pow(Double(Float(beta2)), Double(update + 1))).squareRoot()
      / (1 - pow(Double(Float(beta1)), Double(update + 1)))
    return alpha * state[0] / (state[amsgrad ? 2 : 1].squareRoot() + 1e-7)
  }

  static func read(_ json: String) throws -> any Optimizer {
    try JSONDecoder().decode(Choice<OptimizerRegistry>.self, from: Data(json.utf8)).value
  }

  /// The slabs of layers whose parameters have these shapes.
  static func slabs(_ layers: [[[Int]]], for optimizer: any Optimizer) -> OptimizerSlabs {
    let table = ParameterTable(
      layers.map { shapes in ("layer", shapes.map { ParameterSpecification("parameter", $0, Zeros()) }) })
    return OptimizerSlabs(
      parameters: Slab(count: table.slabCount), gradients: Slab(count: table.slabCount), table: table, for: optimizer)
  }

  @Test func everyOptimizerHasAnExample() throws {
    let kinds = Set(try Self.examples.map { type(of: try $0.optimizer).kind }).union(["LARS"])
    #expect(kinds == Set(OptimizerRegistry.types.map { $0.kind }))
  }

  /// Float32 rounds each of 20 updates by 6e-8 of values up to 3, and the first `1 - β₂ᵗ` by 3e-5 of itself: 2e-5 is
  /// allowed.
  @Test(arguments: examples)
  func followsItsFormula(example: Example) throws {
    let optimizer = try example.optimizer
    let slabs = Self.slabs([[[37]]], for: optimizer)
    let count = slabs.parameters.floats.count
    var values = (0..<count).map { Double(Float(Double($0) / 17 - 1)) }
    for index in 0..<count { slabs.parameters.floats[index] = Float(values[index]) }
    var states = [[Double]](repeating: example.initialState, count: count)
    #expect(slabs.slots.map { Double($0.floats[count - 1]) } == example.initialState.map { Double(Float($0)) })
    for update in 0..<20 {
      for index in 0..<count {
        let gradient = Float(sin(Double(update * count + index)))
        slabs.gradients.floats[index] = gradient
        values[index] = example.step(values[index], Double(gradient), &states[index], update)
      }
      optimizer.update(slabs, learningRate: Float(Self.rate), update: update)
    }
    for index in 0..<count {
      #expect(abs(Double(slabs.parameters.floats[index]) - values[index]) < 2e-5, "value \(index)")
    }
  }

  /// The paper's formula for a layer of a kernel and a bias and one of a kernel, in double precision, as above.
  @Test func larsFollowsItsFormula() throws {
    let optimizer = try Self.read(
      #"{"name": "lars", "momentum": 0.8, "weight_decay": 0.01, "trust_coefficient": 0.02}"#)
    let slabs = Self.slabs([[[5, 7], [3]], [[2, 2, 1, 4]]], for: optimizer)
    var values = (0..<slabs.parameters.floats.count).map { Double(Float(Double($0) / 40 - 1)) }
    for index in values.indices { slabs.parameters.floats[index] = Float(values[index]) }
    var momenta = values.map { _ in 0.0 }
    for update in 0..<20 {
      let gradients = values.indices.map { Double(Float(sin(Double(update * values.count + $0)))) }
      for index in values.indices { slabs.gradients.floats[index] = Float(gradients[index]) }
      for layer in 0...1 {
        let indices = slabs.table.entries.filter { $0.layer == layer }.flatMap(\.range)
        func norm(_ values: [Double]) -> Double { indices.reduce(0) { $0 + values[$1] * values[$1] }.squareRoot() }
        let ratio = 0.02 * norm(values) / (norm(gradients) + 0.01 * norm(values))
        for index in indices {
          momenta[index] = 0.8 * momenta[index] + 0.1 * ratio * (gradients[index] + 0.01 * values[index])
          values[index] -= momenta[index]
        }
      }
      optimizer.update(slabs, learningRate: 0.1, update: update)
    }
    for entry in slabs.table.entries {
      for index in entry.range { #expect(abs(Double(slabs.parameters.floats[index]) - values[index]) < 1e-5) }
    }
  }

  /// Where a norm is zero the step is that of plain descent, not zero and not NaN.
  @Test func larsMovesFromZero() throws {
    let optimizer = try Self.read("\"lars\"")
    let slabs = Self.slabs([[[2, 2]]], for: optimizer)
    slabs.gradients.floats[0] = 1
    optimizer.update(slabs, learningRate: 0.5, update: 0)
    #expect(Array(slabs.parameters.floats.prefix(4)) == [-0.5, 0, 0, 0])
  }

  @Test func sgdWithoutMomentumKeepsNothing() { #expect(SGD().slots.isEmpty) }

  @Test(
    arguments: examples + [
      Example(settings: #"{"name": "lars", "clipvalue": 3}"#, initialState: []) { v, _, _, _ in v }
    ])
  func survivesWriting(example: Example) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let written = try encoder.encode(Choice<OptimizerRegistry>(example.optimizer))
    let again = try encoder.encode(JSONDecoder().decode(Choice<OptimizerRegistry>.self, from: written))
    #expect(again == written)
    #expect(try Self.read(String(decoding: written, as: UTF8.self)).slots == example.optimizer.slots)
  }

  /// A checkpoint may not lose the bounds on gradients.
  @Test func clippingIsWritten() throws {
    for clipping in [GradientClipping.globalNorm(0.5), .norm(2), .value(3)] {
      for type in OptimizerRegistry.types {
        var optimizer = try Self.read("\"\(type.kind)\"")
        optimizer.clipping = clipping
        let written = try JSONEncoder().encode(Choice<OptimizerRegistry>(optimizer))
        #expect(try Self.read(String(decoding: written, as: UTF8.self)).clipping == clipping, "\(type.kind)")
      }
    }
  }

  @Test(arguments: [
    (#"{"name": "sgd", "learning_rate": 0}"#, "learning_rate: expected a number above 0, found 0.0"),
    (#"{"name": "sgd", "momentum": 1.5}"#, "momentum: expected a number from 0 to 1, found 1.5"),
    (#"{"name": "adamant"}"#, "unknown optimizer 'adamant'; known: SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta, LARS"),
    (#"{"learning_rate": 1, "momentum": 0}"#, "the optimizer has no name"),
    (#"{"name": "rmsprop", "rho": 1}"#, "rho: expected a number from 0 to below 1, found 1.0"),
    (#"{"name": "adam", "beta_2": -0.1}"#, "beta_2: expected"),
    (#"{"name": "adam", "epsilon": 0}"#, "epsilon: expected a number above 0"),
    (#"{"name": "adam", "beta1": 0.9}"#, "unknown key 'beta1'; did you mean 'beta_1'?"),
    (#"{"name": "adam", "use_ema": true}"#, "'use_ema' has a value that is not supported here"),
    (
      #"{"name": "sgd", "weight_decay": 0.1}"#,
      "'weight_decay' has a value that is not supported here: 0.1; the optimizer adamw has it; with this one use l2"
    ),
    (#"{"name": "adamw", "weight_decay": -1}"#, "weight_decay: expected a number from 0 up"),
    (#"{"name": "adagrad", "initial_accumulator_value": -1}"#, "initial_accumulator_value: expected"),
    (#"{"name": "lars", "trust_coefficient": 0}"#, "trust_coefficient: expected a number above 0"),
    (#"{"name": "sgd", "clipnorm": 1, "clipvalue": 1}"#, "clipnorm and clipvalue exclude each other"),
    (#"{"name": "sgd", "global_clipnorm": 0}"#, "global_clipnorm: expected a number above 0"),
    (#"{"name": "sgd", "clip_norm": 1}"#, "unknown key 'clip_norm'; did you mean 'clipnorm'?"),
  ])
  func refusesNonsense(json: String, text: String) {
    let error = #expect(throws: ConfigurationError.self) { try Self.read(json) }
    #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
  }
}
