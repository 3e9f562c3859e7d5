import ArgumentParser
import Datasets
import NeuralNetwork
import Training

/// Prints a model's layers as Keras does.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Print a model's layers, output shapes and parameter counts, as Keras does.",
    discussion: """
      Examples:
        cnn-dist summary digits
        cnn-dist summary model.yaml --input 28x28x1
        cnn-dist summary runs/digits/model.h5
      """)

  @Argument(help: "A model's name, a model file (.yaml, .json), a checkpoint or a Keras .h5 file.")
  var model: String

  @Option(
    help: ArgumentHelp("The shape of a sample, for models that do not say: 28x28x1.", valueName: "shape"),
    transform: Self.shape)
  var input: Shape?

  func run() throws {
    let source = try ModelSource(nameOrFile: RunFolder.newestModel(at: model))
    let description = try source.description()
    let course = if case .named(let name) = source { try CourseModels.model(named: name) } else { CourseModel?.none }
    guard let shape = input ?? description.inputShape ?? course?.input else {
      throw ConfigurationError(
        "the model does not say the shape of its input", at: model, advice: "add --input, such as --input 28x28x1")
    }
    try StandardOutput.write("\(ModelSummary(description, input: shape, showsInput: course?.showsInput ?? false))")
  }

  private static func shape(_ text: String) throws -> Shape {
    let lengths = text.split(omittingEmptySubsequences: false) { "x×,".contains($0) }.map { Int($0) ?? 0 }
    do {
      return try Shape(checking: lengths)
    } catch {
      throw ValidationError(
        "expected a shape such as 28x28x1, of at most \(Shape.maximumCount) values, found '\(text)'")
    }
  }
}
