import Glibc
import NeuralNetwork

/// What `parameters.jsonl` has: a small network, and all that it computed with, epoch by epoch.
struct RecordedNetwork: Sendable {
  /// What the numbers are.
  struct Head: Decodable, Sendable {
    /// One parameter of a layer.
    struct Parameter: Codable, Sendable {
      let name: String
      let shape: [Int]
      /// Whether the optimizer changes it: it has a gradient.
      let learns: Bool
    }
    /// One layer.
    struct Layer: Decodable, Sendable {
      let name: String
      let settings: ConfigurationValue
      /// The shape of its output for one sample.
      let output: [Int]
      let parameters: [Parameter]
    }
    /// A training sample, and what it should yield.
    struct Sample: Decodable, Sendable {
      let image: [Float]
      let label: Int?
      let values: [Float]?
    }
    /// The shape of a sample.
    let input: [Int]
    let layers: [Layer]
    let samples: [Sample]

    /// The number of values of a shape; -1 for one that no list has.
    static func count(of shape: [Int]) -> Int {
      shape.reduce(1) { product, side in
        let (product, overflows) = product.multipliedReportingOverflow(by: side)
        return overflows || side < 0 || product < 0 ? -1 : product
      }
    }
  }

  /// The network after an epoch; what was no number is nil.
  struct Epoch: Decodable, Sendable {
    /// Its number; 0 is the beginning.
    let epoch: Int
    /// The values of each parameter, layer by layer.
    let parameters: [[Float?]]
    /// The mean gradient of the epoch's last step, of each parameter that learns; nil for the beginning.
    let gradients: [[Float?]]?
    /// The mean loss of the samples.
    let loss: Double?
    /// What each layer puts out, `[layer][sample][value]`; nil if that is not recorded.
    let outputs: [[[Float?]]]?
  }

  let head: Head
  /// The epochs that were read, in order.
  let epochs: [Epoch]
  /// How many the file has.
  let recordedCount: Int

  /// More than this many epochs nobody looks at one by one.
  static let maximumCount = 400

  private struct First: Decodable { let network: Head }

  /// Reads the file; of many epochs the first ones, and then ever fewer, as a logarithmic axis shows them.
  ///
  /// - Throws: `FileReadError`, or `ConfigurationError` with file and line.
  init(contentsOf path: String, atMost maximumCount: Int = maximumCount) throws {
    let lines = try JSONLines(of: path)
    guard lines.count > 0 else {
      throw ConfigurationError("expected a recorded network, found nothing", at: path, advice: "remove the file")
    }
    let head = try lines.decode(First.self, line: 0, noun: "a recorded network").network
    self.head = head
    recordedCount = lines.count - 1
    epochs = try Self.chosen(of: recordedCount, atMost: maximumCount).map { index in
      let epoch = try lines.decode(Epoch.self, line: index + 1, noun: "a recorded epoch")
      guard Self.fits(epoch, head) else {
        throw ConfigurationError(
          "expected numbers for the layers of the first line, found others", at: "\(path), line \(index + 2)",
          advice: "remove the file; it was changed after it was written")
      }
      return epoch
    }
  }

  /// Whether an epoch has a value for each parameter and output; what is drawn relies on it.
  private static func fits(_ epoch: Epoch, _ head: Head) -> Bool {
    let parameters = head.layers.flatMap(\.parameters)
    let outputs = head.layers.map { layer in head.samples.map { _ in Head.count(of: layer.output) } }
    return epoch.parameters.map(\.count) == parameters.map { Head.count(of: $0.shape) }
      && epoch.gradients.map { $0.map(\.count) == parameters.filter(\.learns).map { Head.count(of: $0.shape) } } ?? true
      && epoch.outputs.map { $0.map { $0.map(\.count) } == outputs } ?? true
  }

  /// Which of `count` epochs are shown: all if they are few, or else places by equal factors, the last always.
  static func chosen(of count: Int, atMost maximumCount: Int) -> [Int] {
    guard count > maximumCount else { return Array(0..<max(count, 0)) }
    // With the factor that needs the fewest epochs at least one apart.
    var chosen: [Int] = []
    var place = 0.0
    for remaining in stride(from: maximumCount - 1, through: 0, by: -1) {
      let index = Int(place.rounded())
      chosen.append(index)
      guard remaining > 0 else { break }
      let factor = pow(Double(count) / (place + 1), 1 / Double(remaining))
      place = min(max(place + 1, (place + 1) * factor - 1), Double(count - 1))
    }
    return chosen
  }
}
