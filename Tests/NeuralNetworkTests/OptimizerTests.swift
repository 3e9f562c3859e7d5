import Foundation
import Testing

@testable import NeuralNetwork

/// Each optimizer against its formula, written out in double precision for one parameter at a time.
@Suite struct OptimizerTests {
  /// Float32 rounds each of 20 updates by 6e-8 of values up to 3; 1e-5 is allowed.
  @Test(arguments: [(0.0, false), (0.9, false), (0.9, true), (0.5, true)])
  func sgd(momentum: Double, nesterov: Bool) {
    let optimizer = SGD(learningRate: 0.1, momentum: momentum, nesterov: nesterov)
    let count = 37
    let (parameters, gradients) = (Slab(count: count), Slab(count: count))
    let slots = optimizer.slots.map { _ in Slab(count: count) }
    var expected = (0..<count).map { Double($0) / 17 - 1 }
    var momenta = [Double](repeating: 0, count: count)
    for index in 0..<count { parameters.floats[index] = Float(expected[index]) }
    for update in 0..<20 {
      for index in 0..<count {
        let gradient = sin(Double(update * count + index))
        gradients.floats[index] = Float(gradient)
        if momentum == 0 {
          expected[index] -= 0.1 * gradient
        } else {
          momenta[index] = momentum * momenta[index] - 0.1 * gradient
          expected[index] += nesterov ? momentum * momenta[index] - 0.1 * gradient : momenta[index]
        }
      }
      optimizer.update(parameters, gradients: gradients, slots: slots, learningRate: 0.1, update: update)
    }
    for index in 0..<count { #expect(abs(Double(parameters.floats[index]) - expected[index]) < 1e-5) }
  }

  @Test func sgdWithoutMomentumKeepsNothing() { #expect(SGD().slots.isEmpty) }

  @Test func readsKerasSettings() throws {
    let json = #"{"name": "SGD", "learning_rate": 0.5, "momentum": 0.9, "nesterov": true}"#
    let value = try JSONDecoder().decode(Choice<OptimizerRegistry>.self, from: Data(json.utf8)).value
    let sgd = try #require(value as? SGD)
    #expect(sgd.learningRate == 0.5 && sgd.momentum == 0.9 && sgd.nesterov)
  }

  @Test(arguments: [
    #"{"name": "sgd", "learning_rate": 0}"#, #"{"name": "sgd", "momentum": 1.5}"#, #"{"name": "adamant"}"#,
    #"{"learning_rate": 1, "momentum": 0}"#,
  ])
  func refusesNonsense(json: String) {
    #expect(throws: ConfigurationError.self) {
      try JSONDecoder().decode(Choice<OptimizerRegistry>.self, from: Data(json.utf8))
    }
  }
}
