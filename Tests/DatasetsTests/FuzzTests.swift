import Foundation
import TestSupport
import Testing

/// Damaged stores, read by a process of its own: a crash, an endless loop or too much memory would end it.
///
/// `Tests/Fuzzer` says how files are damaged; a failure names the mutation, and
/// `Fuzzer --kind store --from I --to I+1 --keep FOLDER FILES` repeats it.
@Suite struct FuzzTests {
  /// Stores of both formats of files: chunks, compression, one-hot rows; names and checksums; two files.
  @Test(arguments: ["old", "new"], [[""], ["_names"], ["_x", "_y"]])
  func damagedStores(format: String, parts: [String]) throws {
    let files = parts.map { foreignStore("fuzz_\(format)\($0).h5") }
    let folder = try TemporaryFolder()
    let run = try MPIRun(
      command: [
        BuiltProgram.path(of: "Fuzzer"), "--kind", "store", "--from", "0", "--to", "250", "--memory", "1024",
        "--seconds", "30",
      ] + files, environment: ["SWIFT_BACKTRACE": "enable=no"], in: folder.path, timeout: 120
    ).wait()
    let last = run.output.split(separator: "\n").last ?? ""
    #expect(run.status == 0, "\(files): mutation \(last) ended the reader: \(run.errors)")
    // Damage that is always found, or never, would test little.
    #expect(last.hasPrefix("done") && last.contains("read ") && last.contains("DatasetError "), "\(last)")
  }
}
