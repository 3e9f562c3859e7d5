import Foundation
import TestSupport
import Testing

/// Damaged files, read by a process of its own: a crash, an endless loop or too much memory would end it.
///
/// `Tests/Fuzzer` says how files are damaged; a failure names the mutation, and
/// `Fuzzer --kind KIND --from I --to I+1 --keep FOLDER FILES` repeats it.
@Suite struct FuzzTests {
  /// Stores of both formats of files: chunks, compression, one-hot rows; names and checksums; two files.
  @Test(arguments: ["old", "new"], [[""], ["_names"], ["_x", "_y"]])
  func damagedStores(format: String, parts: [String]) throws {
    try expectEnd(of: "store", parts.map { foreignStore("fuzz_\(format)\($0).h5") }, mutations: 170)
  }

  /// What is imported: plain files, and archives of each kind.
  @Test(arguments: [
    ("idx", ["idx/t10k-images.idx3-ubyte", "idx/t10k-labels.idx1-ubyte"]),
    ("idx", ["idx/train-images-idx3-ubyte.gz", "idx/train-labels-idx1-ubyte.gz"]),
    ("cifar10", ["cifar/cifar-10-binary.tar.gz"]), ("npz", ["numpy/mnist.npz"]), ("npz", ["numpy/stored.npz"]),
    ("csv", ["csv/kaggle.csv"]),
  ])
  func damagedImports(kind: String, files: [String]) throws {
    try expectEnd(of: kind, files.map { formats($0) }, mutations: 80)
  }

  private func expectEnd(of kind: String, _ files: [String], mutations: Int) throws {
    let folder = try TemporaryFolder()
    let seconds = amount("FUZZ_FILE_SECONDS", byDay: 30)
    let run = try MPIRun(
      command: [
        BuiltProgram.path(of: "Fuzzer"), "--kind", kind, "--from", "0", "--to",
        "\(amount("FUZZ_FILES", byDay: mutations))", "--memory", "1024",
        "--seconds", "\(seconds)",
      ] + files, environment: ["SWIFT_BACKTRACE": "enable=no"], in: folder.path, timeout: seconds + 90
    ).wait()
    let last = run.output.split(separator: "\n").last ?? ""
    #expect(run.status == 0, "\(files): mutation \(last) ended the reader: \(run.errors)")
    // Damage that is never found would test little.
    #expect(last.hasPrefix("done") && last.contains("Error "), "\(last)")
    // Behind a check sum all damage is found.
    if kind == "store" { #expect(last.contains("read "), "\(last)") }
  }
}
