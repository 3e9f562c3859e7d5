import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Numbers at the ends of their ranges in every flag that takes a value: the program ends by itself, with one of its codes.
  @Suite(.enabled(if: isNightly)) struct FlagBoundsTests {
    private static let values = [
      "0", "1", "-1", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "1e308",
      "-1e308", "5e-324", "nan", "inf", "9999999h", "1e30s", "99999999T", "1e-5:10:log1000000000",
      "-1e308:1e308:lin3", "100000x100000x100000", "",
    ]
    private static let commands = [
      ["train", "--store", BuiltProgram.digits, "--epochs", "1", "--quiet"],
      ["sweep", "--store", BuiltProgram.digits, "--l2", "0,0.1", "--dry-run"],
      ["dataset", "synthesize", "blobs", "--output", "store.h5", "--force"],
      ["dataset", "show", BuiltProgram.digits], ["dataset", "split", BuiltProgram.digits, "--output", "store.h5"],
      ["evaluate", "model.h5", "--store", BuiltProgram.digits], ["summary", "digits"], ["submit", "--", "train"],
      ["filter", BuiltProgram.digits], ["bench", "read"], ["bench", "sweep"],
      ["dataset", "import", "folder", "pictures", "--output", "store.h5", "--force"],
    ]

    /// The flags that take a value, as the help has them: `  --batch-size <batch-size>`.
    private func flags(of command: [String], in folder: TemporaryFolder) throws -> [String] {
      let names = command.prefix { !$0.hasPrefix("-") && !$0.contains("/") && !$0.contains(".") }
      let help = try BuiltProgram.run(
        Array(names.prefix(["dataset", "bench"].contains(names.first) ? 2 : 1)) + ["--help"], in: folder)
      let written = Set(command)
      return help.output.split(separator: "\n").compactMap { line in
        line.firstMatch(of: #/^\s+(--[a-z0-9-]+) </#).map { String($0.1) }
      }.filter { !written.contains($0) && $0 != "--config" && $0 != "--output" }
    }

    @Test(arguments: commands) func everyFlagThatTakesAValue(command: [String]) throws {
      let folder = try TemporaryFolder()
      let begin = Date()
      var count = 0
      for flag in try flags(of: command, in: folder) {
        for value in Self.values {
          count += 1
          // No more memory than a small machine has, and little time: what is refused is refused at once.
          let result = try MPIRun(
            command: ["sh", "-c", "ulimit -v 8000000; exec timeout 60 \"$@\"", "sh", BuiltProgram.path(of: "cnn-dist")]
              + command + ["\(flag)=\(value)"], environment: ["SWIFT_BACKTRACE": "enable=no"], in: folder.path,
            timeout: 70
          ).wait()
          #expect(
            [0, 64, 65, 66, 74, 75].contains(result.status),
            "\(command.joined(separator: " ")) \(flag)=\(value): \(result.status) \(result.errors.prefix(300))")
        }
      }
      print("\(count) starts of \(command[0]) in \(Int(Date().timeIntervalSince(begin))) s")
    }
  }
}
