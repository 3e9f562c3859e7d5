import ArgumentParser
import Foundation
import Glibc

/// Damages what is valid and reads it: for tests only.
///
/// It prints the number of each mutation before it is read, so that whoever started it knows where it ended. What a
/// reader throws is fine; a crash, an endless loop or too much memory ends the process.
@main
struct Fuzzer: ParsableCommand {
  static let configuration = CommandConfiguration(
    subcommands: [FileFuzzer.self, RunFuzzer.self], defaultSubcommand: FileFuzzer.self)
}

/// What every fuzzer is told.
struct FuzzingOptions: ParsableArguments {
  @Option(help: "The first mutation.")
  var from = 0

  @Option(help: "The mutation after the last.")
  var to = 1

  @Option(help: "The memory that may be used, in MiB of address space.")
  var memory = 2_048

  @Option(help: "The seconds of processor time that may be used.")
  var seconds = 60

  @Option(help: "Keep the last damaged files in this folder, and print what is thrown.")
  var keep: String?

  /// Sets the limits: who exceeds one is ended.
  func limit() {
    var limit = rlimit(rlim_cur: rlim_t(memory) << 20, rlim_max: rlim_t(memory) << 20)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    limit = rlimit(rlim_cur: rlim_t(seconds), rlim_max: rlim_t(seconds))
    setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
  }
}

/// Damages files that are imported or trained on.
struct FileFuzzer: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "files")

  @Option(help: "What the files are: \(Target.allCases.map(\.rawValue).joined(separator: ", ")).")
  var kind: Target

  @OptionGroup var options: FuzzingOptions

  @Argument(help: "Valid files that belong together; the first is opened.")
  var files: [String]

  func run() throws {
    options.limit()
    let originals = try files.map { [UInt8](try Data(contentsOf: URL(filePath: $0))) }
    let folder = options.keep ?? FileManager.default.temporaryDirectory.appending(path: "fuzzer-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { if options.keep == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let paths = files.map { "\(folder)/\(URL(filePath: $0).lastPathComponent)" }
    var outcomes: [String: Int] = [:]
    for index in options.from..<options.to {
      print(index)
      fflush(nil)
      var mutation = Mutation(seed: UInt64(index))
      let victim = mutation.choose(originals.count)
      for (number, path) in paths.enumerated() {
        let bytes = number == victim ? mutation.damaged(originals[number]) : originals[number]
        try Data(bytes).write(to: URL(filePath: path))
      }
      let outcome: String
      do {
        try kind.read(paths[0])
        outcome = "read"
      } catch {
        outcome = "\(type(of: error))"
        if options.keep != nil { print(error) }
      }
      outcomes[outcome, default: 0] += 1
    }
    print("done \(outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
  }
}
