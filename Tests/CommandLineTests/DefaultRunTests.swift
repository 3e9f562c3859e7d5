import Foundation
import TestSupport
import Testing

extension ProgramTests {
  @Suite struct DefaultRunTests {
    /// What somebody who tries the program sees first.
    ///
    /// The accuracy is one number on one instruction set, and not far from it on others; 97 % is promised.
    @Test(.timeLimit(.minutes(2))) func withoutAnyFlagTheDigitsAreLearnt() throws {
      let folder = try TemporaryFolder()
      let result = try BuiltProgram.run(["train"], ranks: 2, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let runs = try FileManager.default.contentsOfDirectory(atPath: folder("runs"))
      #expect(runs.count == 1 && runs[0].wholeMatch(of: /digits-\d{8}-\d{6}/) != nil, "\(runs)")
      let last = try #require(result.output.split(separator: "\n").last)
      let hits = try #require(last.firstMatch(of: /test accuracy \d+\.\d % \((\d+) of 360\)/))
      #expect(try #require(Int(hits.1)) >= 350, "\(last)")  // 0.97 of 360 is 349.2
      let evaluated = try BuiltProgram.run(["evaluate", "runs/\(runs.first ?? "")"], in: folder)
      #expect(evaluated.output.contains("(\(hits.1) of 360)"), "\(evaluated.output)")
    }
  }
}
