import Testing

@testable import Datasets

@Suite struct ProcessorCoresTests {
  /// As `nproc` counts, which asks the kernel for the cores that it is bound to.
  @Test func asNproc() throws {
    // nproc heeds OMP_NUM_THREADS, which tests are run with.
    let output = try FolderImporterTests.output("env", ["-u", "OMP_NUM_THREADS", "nproc"])
    #expect(Int(String(decoding: output.dropLast(), as: UTF8.self)) == ProcessorCores.available)
  }
}
