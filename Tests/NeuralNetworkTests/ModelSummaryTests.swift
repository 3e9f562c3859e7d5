import Foundation
import NeuralNetwork
import Testing

/// Against the tables that Keras prints; `Golden/make_summaries.py` wrote them.
@Suite struct ModelSummaryTests {
  /// The cells of every row, and the numbers below the table; the widths of columns do not matter.
  private func rows(_ text: String) -> [[String]] {
    text.split(separator: "\n").compactMap { line in
      if line.contains("params:") { return [line.trimmingCharacters(in: .whitespaces)] }
      guard line.contains("│") else { return nil }
      return line.split(separator: "│").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test(arguments: ["mnist", "cifar10", "vgg16", "vgg16-top"]) func tableIsKeras(name: String) throws {
    let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/summary_\(name).txt")
    let model = try CourseModels.model(named: name)
    let summary = try ModelSummary(model.description, input: model.input, showsInput: model.showsInput)
    let expected = rows(try String(contentsOf: golden, encoding: .utf8))
    #expect(rows(summary.description) == expected)
    #expect(expected.count == model.description.layers.count + (model.showsInput ? 1 : 0) + 3)
  }

  /// The counts of the papers, or of the implementations named with the models.
  @Test(arguments: [
    ("byhand-ann", 11, 11), ("byhand-cnn", 8, 8), ("digits", 5160, 5160), ("lenet5", 61706, 61706),
    ("resnet20", 274_442, 273_066), ("resnet50", 25_636_712, 25_583_592), ("googlenet", 6_998_552, 6_998_552),
    ("convnetjs-cifar10", 22466, 22466),
  ])
  func counts(name: String, all: Int, trainable: Int) throws {
    let model = try CourseModels.model(named: name)
    let table = try model.description.parameterTable(for: model.input)
    #expect(table.parameterCount == all && table.trainableCount == trainable)
  }
}
