import Datasets
import Foundation
import Training

/// Compares training from a store that does not fit into the memory it is given with training from memory.
struct StreamingBenchmark {
  /// What streaming may take for samples.
  let memory: ByteCount
  /// Where the stores and the runs are written.
  let folder: String

  /// What was measured.
  struct Result {
    /// Images a second when streaming, by those with all samples in memory.
    let ratio: Double
    /// The most memory of the process when streaming, without what training on a handful of images takes.
    let memory: Int
  }

  private static let rounds = 3

  /// The size of the images that are streamed.
  var storeSize: ByteCount { ByteCount(bytes: 10 * memory.bytes) }

  /// Trains `cifar10` for an epoch in both ways, in turns, each in a process of its own.
  func measure() throws -> Result {
    try write("few.h5", count: 800)
    try write("many.h5", count: storeSize.bytes / BenchmarkImages.byteCount)
    // Two windows are what streaming keeps, and a few batches.
    let window = ByteCount(bytes: (memory.bytes - memory.bytes / 8) / 2)
    let streaming = ["--memory-per-rank", "\(memory)", "--shuffle-window", "\(window)"]
    let few = try train("few", streaming)
    var ratios: [Double] = []
    var peak = 0
    for _ in 0..<Self.rounds {
      let streamed = try train("many", streaming)
      let resident = try train("many", ["--memory-per-rank", "1T", "--shuffle-window", "\(window)"])
      ratios.append(streamed.imagesPerSecond / resident.imagesPerSecond)
      peak = max(peak, streamed.peakBytes)
    }
    return Result(ratio: ratios.sorted()[Self.rounds / 2], memory: max(0, peak - few.peakBytes))
  }

  private func write(_ name: String, count: Int) throws {
    let part = StorePart(BenchmarkImages.source(count: count))
    _ = try StoreWriter([.train: part]).write(to: "\(folder)/\(name)", replacing: true)
  }

  private func train(_ name: String, _ settings: [String]) throws -> (imagesPerSecond: Double, peakBytes: Int) {
    let run = "\(folder)/run-\(UUID().uuidString)"
    let process = try MeasuredProcess(
      ["/proc/self/exe", "train", "--quiet", "--model", "cifar10", "--store", "\(folder)/\(name).h5", "--epochs", "1"]
        + ["--batch-size", "64", "--learning-rate", "0.00001", "--output", run] + settings)
    let lines = try String(contentsOfFile: "\(run)/metrics.jsonl", encoding: .utf8).split(whereSeparator: \.isNewline)
    struct Epoch: Decodable { let images_per_second: Double }
    // The epoch's line is the last; before it there may be some of steps.
    let epoch = try JSONDecoder().decode(Epoch.self, from: Data((lines.last ?? "").utf8))
    return (epoch.images_per_second, process.peakBytes)
  }
}
