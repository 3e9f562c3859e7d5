import Foundation
import Testing

@testable import NeuralNetwork

/// Metrics against Keras' own: Golden/metrics.json, made by make_metrics.py with Keras 3.15.1 on TensorFlow 2.21.0.
@Suite struct MetricTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let labels: [Int32]?
      let classes: Int?
      let values: [Float]?
      let width: Int
      let outputs: [Float?]
      let infinite: [Int]?
      let expected: [String: Expected]

      var samples: Int { outputs.count / width }
      var targets: TargetKind { classes.map { .classes(count: $0) } ?? .values(width: width) }
    }
    enum Expected: Decodable {
      case number(Double)
      case table([[Int]])
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
          self = .number(number)
        } else {
          self = .table(try container.decode([[Int]].self))
        }
      }
    }
    let cases: [Case]
  }

  private static func golden() throws -> [Golden.Case] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/metrics.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url)).cases
  }

  /// The value over all samples, from batches of the given sizes in turn, each part summed apart and then added.
  private func value(_ metric: any Metric, _ golden: Golden.Case, batches sizes: [Int]) -> MetricValue {
    let (width, output) = (golden.width, Shape([golden.width]))
    var outputs = golden.outputs.map { $0 ?? .nan }
    for index in golden.infinite ?? [] { outputs[index] = .infinity }
    let sumCount = metric.sumCount(output: output)
    var totals = [Double](repeating: 0, count: sumCount)
    var (start, turn) = (0, 0)
    while start < golden.samples {
      let range = start..<min(start + sizes[turn % sizes.count], golden.samples)
      let targets = Targets(batchSize: range.count, width: width)
      let numbers = Array(golden.values?[range.lowerBound * width..<range.upperBound * width] ?? [])
      numbers.withUnsafeBufferPointer { values in
        Array(golden.labels?[range] ?? []).withUnsafeBufferPointer { labels in
          let images = UnsafeBufferPointer<Float>(start: nil, count: 0)
          targets.load(NetworkBatch(count: range.count, images: images, labels: labels, values: values))
        }
      }
      var sums = [Double](repeating: 0, count: sumCount)
      sums.withUnsafeMutableBufferPointer { sums in
        Array(outputs[range.lowerBound * width..<range.upperBound * width]).withUnsafeBufferPointer {
          metric.add($0, targets, to: sums)
        }
      }
      for index in sums.indices { totals[index] += sums[index] }
      (start, turn) = (range.upperBound, turn + 1)
    }
    return totals.withUnsafeMutableBufferPointer { metric.value(of: $0, output: output, count: golden.samples) }
  }

  private func metric(_ name: String) throws -> any Metric {
    if name.hasPrefix("top_"), let k = Int(name.dropFirst("top_".count)) { return TopKCategoricalAccuracy(k: k) }
    return try ConfigurationValue.string(name).decode(Choice<MetricRegistry>.self).value
  }

  /// Keras has float32 shares, exact here, hence 1e-7; the means were made in double precision, in another order.
  @Test(arguments: [[1000], [1], [7, 3, 16]]) func kerasValues(batches: [Int]) throws {
    var compared: Set<String> = []
    for golden in try Self.golden() {
      for (name, expected) in golden.expected {
        let metric = try metric(name)
        try metric.check(output: Shape([golden.width]), targets: golden.targets)
        compared.insert(type(of: metric).kind)
        switch (value(metric, golden, batches: batches), expected) {
        case (.share(let hits, let count), .number(let number)):
          #expect(count == golden.samples && abs(Double(hits) / Double(count) - number) < 1e-7, "\(name): \(hits)")
        case (.number(let found), .number(let number)):
          #expect(abs(found - number) < 1e-9 * max(1, abs(number)), "\(name): \(found), expected \(number)")
        case (let found, .table(let counts)):
          #expect(found == .table(counts), "\(name)")
        default: Issue.record("\(name) has another form")
        }
      }
    }
    #expect(compared == Set(MetricRegistry.types.map { $0.kind }))
  }

  /// scikit-learn's `r2_score`: 1 for what is exactly right, 0 for another target that never varies.
  @Test(arguments: [(0.1, 0.1, 1), (0.1, 0.2, 0), (1e6, 1_000_001, 0), (0, 0, 1)] as [(Float, Float, Double)])
  func targetThatNeverVaries(target: Float, output: Float, expected: Double) throws {
    let numbers = "\([Float](repeating: target, count: 999))"
    let outputs = "\([Float](repeating: output, count: 999))"
    let json = "{\"values\": \(numbers), \"outputs\": \(outputs), \"width\": 1, \"expected\": {}}"
    let golden = try JSONDecoder().decode(Golden.Case.self, from: Data(json.utf8))
    #expect(value(R2Score(), golden, batches: [100]) == .number(expected))
  }

  @Test(arguments: [
    ("accuracy", Shape([3]), TargetKind.values(width: 3), "accuracy needs classes, the store's labels are numbers"),
    ("accuracy", Shape([1]), .classes(count: 3), "accuracy needs at least 3 outputs"),
    ("confusion_matrix", Shape([3]), .classes(count: 4), "confusion_matrix needs at least 4 outputs"),
    ("top_k", Shape([1]), .classes(count: 2), "top_k_categorical_accuracy needs class labels"),
    ("top_k", Shape([2]), .values(width: 2), "top_k_categorical_accuracy needs class labels"),
    ("mae", Shape([2]), .values(width: 3), "the network has 2 outputs, the store 3 numbers for each sample"),
    ("r2", Shape([2]), .values(width: 1), "the network has 2 outputs, the store 1 number for each sample"),
  ])
  func whatDoesNotFitIsRefused(name: String, output: Shape, targets: TargetKind, text: String) throws {
    let metric = try metric(name)
    let error = #expect(throws: ConfigurationError.self) { try metric.check(output: output, targets: targets) }
    #expect(error?.description.hasPrefix("metrics: \(text)") == true, "\(error?.description ?? "")")
  }

  @Test func settingsAndNames() throws {
    func read(_ value: ConfigurationValue) throws -> any Metric {
      try value.decode(Choice<MetricRegistry>.self).value
    }
    #expect(try read(.mapping(["name": .string("top_k"), "k": .int(3)])).label == "top 3 accuracy")
    #expect(try read(.mapping(["top_k": .mapping(["k": .int(2)])])).label == "top 2 accuracy")
    #expect(try read(.string("sparse_top_k_categorical_accuracy")).label == "top 5 accuracy")
    for name in ["categorical_accuracy", "sparse_categorical_accuracy", "binary_accuracy"] {
      #expect(try read(.string(name)) is Accuracy)
    }
    #expect(throws: ConfigurationError.self) { try read(.mapping(["top_k": .mapping(["k": .int(0)])])) }
    #expect(throws: ConfigurationError.self) { try read(.mapping(["accuracy": .mapping(["k": .int(1)])])) }
    #expect(throws: ConfigurationError.self) { try read(.string("precision")) }
  }
}
