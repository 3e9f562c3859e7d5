import Foundation
import HDF5
import OneDNN
import Testing

@testable import NeuralNetwork

/// Every building block as Keras trains it: twenty steps of the networks in Golden/trajectories.h5, which
/// make_trajectories.py made with Keras 3.15.1 on TensorFlow 2.21.0.
///
/// Float32 and float64 Keras agree ten times better than these tests ask for (the script makes sure), so what they find is
/// a difference in what is computed. Losses are compared within 1e-5 of their value. Weights and outputs are allowed 1e-6
/// more: those near zero are differences of numbers near one, and have the rounding of those.
@Suite struct KerasTrajectoriesTests {
  static let names: [String] = (try? file().children(of: "/cases")) ?? []

  @Test func everyCaseIsCompared() {
    #expect(Self.names.count == 112)
  }

  @Test(arguments: names)
  func trajectory(name: String) throws {
    let example = try Example(name)
    let network = try example.network()
    let sum = Slab(count: network.gradients.floats.count)
    for (step, expected) in example.losses.enumerated() {
      let rows = example.rows(step: step)
      try example.load(rows, into: network, for: .training)
      let sums = try network.forward()
      try network.backward(into: sum.floats)
      let penalty = network.average(sum: UnsafeBufferPointer(sum.floats), count: rows.count).penalty
      let factor = example.schedule.factor(afterUpdates: step, batchSize: example.batchSize)
      network.update(learningRate: example.optimizer.learningRate * factor, updates: step)
      let loss = sums.loss / Double(rows.count) + penalty
      #expect(abs(loss - expected) < 1e-5 * expected, "step \(step): \(loss), Keras \(expected)")
    }
    var offset = 0
    for entry in network.table.entries {
      let found = Array(network.parameters.floats.extracting(entry.range))
      let expected = Array(example.final[offset..<offset + found.count])
      #expect(Self.worst(found, expected) < 1, "\(entry.layerName)/\(entry.specification.name): \(found), \(expected)")
      offset += found.count
    }
    let outputCount = example.outputs.count / network.outputShape.elementCount
    try example.load(0..<outputCount, into: network, for: .inference)
    _ = try network.forward()
    let outputs = Array(try network.outputs())
    #expect(Self.worst(outputs, example.outputs) < 1, "outputs: \(outputs), \(example.outputs)")
  }

  private static func file() throws -> File {
    try File(
      opening: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/trajectories.h5")
        .path(percentEncoded: false))
  }

  /// The largest difference as a share of what is allowed; infinite if anything is not a number.
  private static func worst(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    let shares = zip(found, expected).map { abs($0 - $1) / (1e-5 * abs($1) + 1e-6) }
    return shares.contains { $0.isNaN } ? .infinity : shares.max() ?? 0
  }

  /// One case of the file.
  private struct Example {
    let model: ModelDescription
    let loss: any Loss
    let optimizer: any Optimizer
    let schedule: any Schedule
    let inputShape: Shape
    let images: [Float]
    let labels: [Int32]  // empty if the targets are values
    let values: [Float]
    let sampleCount: Int
    let batchSize: Int
    let initial: [Float]
    let final: [Float]
    let losses: [Double]
    let outputs: [Float]

    init(_ name: String) throws {
      let file = try KerasTrajectoriesTests.file()
      let path = "/cases/\(name)"
      func text(_ attribute: String) throws -> Data {
        Data(try file.attribute(attribute, of: path, as: String.self).utf8)
      }
      model = try JSONDecoder().decode(ModelDescription.self, from: text("model"))
      let lossName = try file.attribute("loss", of: path, as: String.self)
      loss = try JSONDecoder().decode(Choice<LossRegistry>.self, from: Data("\"\(lossName)\"".utf8)).value
      optimizer = try JSONDecoder().decode(Choice<OptimizerRegistry>.self, from: text("optimizer")).value
      schedule =
        try file.hasAttribute("schedule", of: path)
        ? JSONDecoder().decode(Choice<ScheduleRegistry>.self, from: text("schedule")).value : ConstantSchedule()
      let x = try file.dataset(at: file.attribute("x", of: path))
      inputShape = Shape(Array(x.shape.dropFirst()))
      images = try x.values()
      let y = try file.dataset(at: file.attribute("y", of: path))
      labels = y.elementType == Int32.elementType ? try y.values() : []
      values = y.elementType == Int32.elementType ? [] : try y.values()
      sampleCount = y.shape[0]
      batchSize = try file.attribute("batch_size", of: path)
      initial = try file.dataset(at: "\(path)/initial").values()
      final = try file.dataset(at: "\(path)/final").values()
      losses = try file.dataset(at: "\(path)/losses").values()
      outputs = try file.dataset(at: "\(path)/outputs").values()
    }

    /// The network with Keras' initial weights.
    func network() throws -> Network {
      let network = try Network(model, input: inputShape, loss: loss, optimizer: optimizer, on: Engine())
      try #require(network.table.parameterCount == initial.count)
      var offset = 0
      for entry in network.table.entries {
        let values = initial[offset..<offset + entry.range.count]
        _ = network.parameters.floats.extracting(entry.range).update(fromContentsOf: values)
        offset += values.count
      }
      network.parametersChanged()
      return network
    }

    /// The samples of a step: the next batch in the stored order; the last of an epoch may be shorter.
    func rows(step: Int) -> Range<Int> {
      let batchCount = (sampleCount + batchSize - 1) / batchSize
      let start = step % batchCount * batchSize
      return start..<min(start + batchSize, sampleCount)
    }

    func load(_ rows: Range<Int>, into network: Network, for purpose: Purpose) throws {
      try part(rows, of: images).withUnsafeBufferPointer { images in
        try part(rows, of: labels).withUnsafeBufferPointer { labels in
          try part(rows, of: values).withUnsafeBufferPointer { values in
            try network.load(
              NetworkBatch(count: rows.count, images: images, labels: labels, values: values), for: purpose)
          }
        }
      }
    }

    private func part<T>(_ rows: Range<Int>, of all: [T]) -> ArraySlice<T> {
      let width = all.count / sampleCount
      return all[rows.lowerBound * width..<rows.upperBound * width]
    }
  }
}
