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
    /// Each is one that succeeds; a flag that it has already gets the other value instead.
    private static let commands = [
      ["train", "--store", "small.h5", "--epochs", "1", "--quiet"],
      ["sweep", "--store", "small.h5", "--l2", "0,0.1", "--dry-run"],
      ["dataset", "synthesize", "blobs", "--output", "made.h5", "--force"],
      ["dataset", "synthesize", "slopes", "--output", "made.h5", "--force"],
      ["dataset", "show", "small.h5", "--output", "grid.png"],
      ["dataset", "split", "small.h5", "--split", "0.5/0.5", "--output", "made.h5", "--force"],
      ["dataset", "import", "folder", "pictures", "--output", "made.h5", "--force"],
      ["evaluate", fixture("keras_digits.h5"), "--store", BuiltProgram.digits],
      ["summary", "model.yaml", "--input", "8x8x1"], ["submit", "slurm", "--", "--store", "small.h5"],
      [
        "filter", "matrix", "--kernel", "sharpen", "--padding", "1", "--padding-mode", "constant", "--padding-value",
        "2", "--pool", "max",
      ],
      ["filter", "pictures/a/1.png", "--kernel", "sharpen", "--output", "made.png", "--force"],
      ["bench", "read", "--size", "1M", "--memory", "64K", "--pictures", "1", "--python", "none"],
      ["bench", "sweep", "--trials", "1"],
    ]
    /// What takes long because so much of it was asked for, and is stopped here.
    private static let work: Set = [
      "--epochs", "--count", "--test-count", "--pictures", "--trials", "--size", "--augmented",
    ]

    private func folder() throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      try Stores.write(to: folder("small.h5"), side: 8)
      try Data("1 2 3 4\n4 3 2 1\n1 2 3 4\n4 3 2 1\n".utf8).write(to: URL(filePath: folder("matrix")))
      try Data("[flatten, {Dense: {units: 10, activation: softmax}}]".utf8)
        .write(to: URL(filePath: folder("model.yaml")))
      for name in ["a", "b"] {
        try FileManager.default.createDirectory(atPath: folder("pictures/\(name)"), withIntermediateDirectories: true)
        let picture = "pictures/\(name)/1.png"
        let shown = try BuiltProgram.run(
          ["dataset", "show", "small.h5", "--count", "1", "--output", picture], in: folder)
        try #require(shown.status == 0, "\(shown.errors)")
      }
      return folder
    }

    /// The flags that take a value, as the help has them: `  --batch-size <batch-size>`.
    private func flags(of command: [String], in folder: TemporaryFolder) throws -> [String] {
      let names = command.prefix(["dataset", "bench"].contains(command[0]) ? 2 : 1)
      let help = try BuiltProgram.run(names + ["--help"], in: folder)
      return help.output.split(separator: "\n").compactMap { line in
        line.firstMatch(of: #/^\s+(--[a-z0-9-]+) </#).map { String($0.1) }
      }
    }

    /// The command with one flag, in place of the one that it has, before what is another command's.
    private func command(_ plain: [String], _ flag: String, _ value: String) -> [String] {
      var command = plain
      if let place = command.firstIndex(of: flag), place < command.firstIndex(of: "--") ?? command.endIndex {
        command.removeSubrange(place...place + 1)
      }
      command.insert("\(flag)=\(value)", at: command.firstIndex(of: "--") ?? command.endIndex)
      return command
    }

    /// No more memory than a small machine has, and little time: what is refused is refused at once.
    private func run(_ command: [String], in folder: TemporaryFolder) throws -> MPIRun.Result {
      let limited = ["sh", "-c", "ulimit -v 8000000; exec timeout 60 \"$@\"", "sh", BuiltProgram.path(of: "cnn-dist")]
      return try MPIRun(
        command: limited + command, environment: ["SWIFT_BACKTRACE": "enable=no"], in: folder.path, timeout: 70
      ).wait()
    }

    @Test(arguments: commands) func everyFlagThatTakesAValue(command plain: [String]) throws {
      let folder = try folder()
      let begin = Date()
      let result = try run(plain, in: folder)
      #expect(result.status == 0, "\(plain.joined(separator: " ")): \(result.status) \(result.errors)")
      var count = 0
      for flag in try flags(of: plain, in: folder) {
        for value in Self.values {
          count += 1
          let command = command(plain, flag, value)
          let result = try run(command, in: folder)
          let isStopped = result.status == 124 && Self.work.contains(flag)
          #expect(
            isStopped || [0, 64, 65, 66, 74, 75].contains(result.status),
            "\(command.joined(separator: " ")): \(result.status) \(result.errors.prefix(300))")
        }
      }
      print("\(count) starts of \(plain[0]) in \(Int(Date().timeIntervalSince(begin))) s")
    }
  }
}
