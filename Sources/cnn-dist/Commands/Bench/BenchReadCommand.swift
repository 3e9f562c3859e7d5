import ArgumentParser
import Datasets
import Foundation
import HDF5
import Numerics
import Training

/// Measures how quickly samples come into memory.
struct BenchReadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Measure reading: into memory, streamed while training, and pictures on import.",
    discussion: """
      Every line is a ratio of two times that were taken in turns in this run. The stores are written for it, and the files \
      are in the system's cache. The pictures need Python with Pillow and numpy; without, that line is left out.

      Example:
        cnn-dist bench read --python ~/venv/bin/python
      """)

  @Option(help: ArgumentHelp("The size of the store that is read into memory.", valueName: "memory"))
  var size = ByteCount(bytes: 256 << 20)

  @Option(
    help: ArgumentHelp(
      "The memory for samples when streaming; the store that is streamed is ten times larger.", valueName: "memory"))
  var memory = ByteCount(bytes: 16 << 20)

  @Option(help: "How many pictures are imported.")
  var pictures = 400

  @Option(help: ArgumentHelp("A Python with Pillow and numpy.", valueName: "program"))
  var python = "python3"

  @Option(help: ArgumentHelp("Where the stores are written, and removed again.", valueName: "folder"))
  var folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)

  @Flag(help: "End with exit code 70 if a goal is missed.")
  var check = false

  func validate() throws {
    guard 1 << 20...64 << 30 ~= size.bytes else { throw ValidationError("--size: expected 1M to 64G, found \(size)") }
    // Fewer bytes have no room for the two smallest windows of eight shards.
    guard 16 << 20...64 << 30 ~= memory.bytes else {
      throw ValidationError("--memory: expected 16M to 64G, found \(memory)")
    }
    guard 1...100_000 ~= pictures else { throw ValidationError("--pictures: expected 1 to 100000, found \(pictures)") }
  }

  func run() throws {
    let folder = URL(filePath: self.folder).appending(path: "cnn-dist-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
    let reading = ReadingBenchmark(byteCount: size.bytes)
    try reading.write(contiguous: path("contiguous.h5"), chunked: path("chunked.h5"))
    var goals = [true]
    func show(_ name: String, _ ratio: Double, atLeast goal: Double) throws {
      try self.show(name, ratio, atLeast: goal)
      goals.append(ratio >= goal)
    }
    try show("in one piece, of pread", try reading.ratioToPread(path("contiguous.h5")), atLeast: 0.8)
    try show("in chunks of 1 MiB, of pread", try reading.ratioToPread(path("chunked.h5")), atLeast: 0.6)
    if let ratio = try ratioToPillow(in: path("pictures")) {
      try show("JPEGs decoded and scaled, of Pillow in a process per core", ratio, atLeast: 1)
    }
    let streaming = StreamingBenchmark(memory: memory, folder: folder.path(percentEncoded: false))
    let result = try streaming.measure()
    try show("streamed while training cifar10, of resident", result.ratio, atLeast: 0.9)
    try StandardOutput.write(
      "memory when streaming \(streaming.storeSize.rounded): \(ByteCount(bytes: result.memory).rounded) "
        + "for samples, of \(memory.rounded)  (\(result.memory <= memory.bytes ? "within" : "MORE"))")
    goals.append(result.memory <= memory.bytes)
    if check && goals.contains(false) { throw GoalMissed() }
  }

  private func ratioToPillow(in folder: String) throws -> Double? {
    if let decoding = try DecodingBenchmark(count: pictures, python: python, folder: folder) {
      return try decoding.ratioToPillow()
    }
    try StandardOutput.write("JPEGs: '\(python)' is no Python with Pillow and numpy; name one by --python")
    return nil
  }

  private func show(_ name: String, _ ratio: Double, atLeast goal: Double) throws {
    try StandardOutput.write(
      "\(name): \(Text.fixed(ratio, 2))  (\(ratio >= goal ? "at least" : "BELOW") \(Text.fixed(goal, 1)))")
  }
}

/// A measurement that has not come up to its goal.
private struct GoalMissed: Error, CustomStringConvertible {
  let description = "a goal is missed; measure again when the machine does nothing else"
}

extension ByteCount: ExpressibleByArgument {
  /// Reads `64M` and its like.
  public init?(argument: String) { self.init(argument) }
  /// As the help shows it.
  public var defaultValueDescription: String { description }
}
