import OneDNN
import Testing

@testable import NeuralNetwork

@Suite struct MaxPoolingPlanTests {
  static let shapes: [(layer: any Layer, input: [Int])] = [
    (MaxPooling2D(poolSize: (2, 2)), [6, 6, 10]),
    (MaxPooling2D(poolSize: (3, 2), strides: (2, 1), padding: .same), [7, 5, 2]),
    (MaxPooling2D(poolSize: (3, 3), strides: (2, 2)), [7, 8, 17]), (MaxPooling2D(poolSize: (2, 2)), [2, 3, 9]),
    (MaxPooling1D(poolSize: 3, strides: 1, padding: .same), [5, 3]),
  ]

  /// Against a plain loop over every window: the first of the largest values gets the gradient, ties included.
  @Test(arguments: shapes.indices) func takesTheFirstLargest(index: Int) throws {
    let (layer, input) = Self.shapes[index]
    let bench = try LayerBench(LayerExample(layer, on: input), batchSize: 3)
    try #require(bench.plan is MaxPoolingPlan)
    // A few different values: ties in every window.
    for place in bench.input.floats.indices { bench.input.floats[place] = Float((place * 7 + place / 5) % 4) - 2 }
    let outputGradient = bench.weights.indices.map { Float($0 % 11) + 1 }
    bench.weights = outputGradient
    try bench.run()
    try bench.plan.backward()

    let settings = try #require(layer as? any PoolingLayer).settings
    let slide = try settings.window.slide(over: Shape(input))
    let channels = input[input.count - 1]
    let (inputSize, outputSize) = (Array(input.dropLast()), slide.output)
    func coordinates(_ index: Int, in size: [Int]) -> [Int] {
      var rest = index
      return size.reversed().map { extent in
        defer { rest /= extent }; return rest % extent
      }.reversed()
    }
    let (inputCount, outputCount) = (inputSize.reduce(1, *), outputSize.reduce(1, *))
    var gradient = [Float](repeating: 0, count: bench.input.floats.count)
    for sample in 0..<3 {
      for output in 0..<outputCount {
        for channel in 0..<channels {
          let at = coordinates(output, in: outputSize)
          let members = (0..<inputCount).filter { place in
            zip(coordinates(place, in: inputSize).indices, coordinates(place, in: inputSize)).allSatisfy {
              axis, value in
              let start = at[axis] * settings.strides[axis] - slide.geometry.paddingBefore[axis]
              return value >= start && value < start + settings.poolSize[axis]
            }
          }
          func element(_ place: Int) -> Int { (sample * inputCount + place) * channels + channel }
          let largest = members.map { bench.input.floats[element($0)] }.max() ?? 0
          let place = (sample * outputCount + output) * channels + channel
          #expect(bench.plan.output.floats[place] == largest)
          let first = try #require(members.first { bench.input.floats[element($0)] == largest })
          gradient[element(first)] += outputGradient[place]
        }
      }
    }
    #expect(Array(try #require(bench.inputGradient).floats) == gradient)
  }
}
