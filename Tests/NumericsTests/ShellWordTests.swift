import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct ShellWordTests {
  @Test(arguments: [
    ("runs/a-1.h5", "runs/a-1.h5"), ("", "''"), ("it's a run", #"'it'\''s a run'"#), ("~", "'~'"),
    ("a\u{202E}b'\n", #"$'a\342\200\256b\047\012'"#), ("\u{600}'", "'\u{600}'\\'''"),
    ("'1\n2a", #"$'\047\061\012\062a'"#),
  ])
  func words(text: String, word: String) { #expect(Text.shellWord(text) == word) }

  /// bash gives the very bytes back, and runs nothing.
  @Test(.timeLimit(.minutes(1))) func bashTakesThemForOne() throws {
    let folder = try TemporaryFolder()
    let texts = HostileTexts.all + HostileTexts.all(running: "mark")
    // As `submit` writes it into its scripts, and as people paste it.
    let script =
      "values=(\(texts.map(Text.shellWord).joined(separator: " ")))\n"
      + texts.prefix(600).map { "unset X\nX=${X:-\(Text.shellWord($0))} # why\nvalues+=(\"$X.\")\n" }.joined()
      + "printf '%s\\0' \"${values[@]}\"\n"
    #expect(!script.utf8.contains(0x1B) && !script.contains("\u{202E}"))
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder("script")))
    let shown = try run(["bash", "script"], in: folder)
    let words = shown.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { Array($0) }
    #expect(words == texts.map { Array($0.utf8) } + texts.prefix(600).map { Array($0.utf8) + Array(".".utf8) })
    #expect(!FileManager.default.fileExists(atPath: folder("mark")))
  }

  private func run(_ command: [String], in folder: TemporaryFolder) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }
}
