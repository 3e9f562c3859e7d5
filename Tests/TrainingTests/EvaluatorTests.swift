import NeuralNetwork
import Testing

@testable import Training

/// How many samples an evaluation takes at a time.
@Suite struct EvaluatorTests {
  /// By hand: 4·4·2 of the convolution, as many of each of the branches' two layers and of their sum, and 3.
  @Test func nestedLayersCount() throws {
    let convolution = Conv2D(filters: 2, kernelSize: (3, 3), padding: .same)
    let model = ModelDescription(
      name: "m", l2: 0, layers: [convolution, Residual([ReLU()], shortcut: [convolution]), Flatten(), Dense(units: 3)])
    #expect(try model.outputElementCount(for: Shape([4, 4, 1])) == 32 + (32 + 32 + 32) + 32 + 3)
  }

  @Test(arguments: [CourseModels.digits, CourseModels.mnist, CourseModels.cifar10])
  func smallModelsTakeTheLargestBatch(model: CourseModel) throws {
    #expect(try Evaluator.batchSize(for: model.description, input: model.input) == 256)
  }

  /// 128 MiB of floats hold the outputs of a batch.
  @Test(arguments: [32, 64, 128]) func largeModelsTakeFewer(side: Int) throws {
    let (model, input) = (CourseModels.resNet50.description, Shape([side, side, 3]))
    let batch = try Evaluator.batchSize(for: model, input: input)
    let elements = try model.outputElementCount(for: input)
    #expect(batch * elements <= 32 << 20 && (batch + 1) * elements > 32 << 20, "\(batch) of \(elements)")
  }

  /// A single sample has more than that.
  @Test func atLeastOne() throws {
    #expect(try Evaluator.batchSize(for: CourseModels.resNet50.description, input: Shape([224, 224, 3])) == 1)
  }
}
