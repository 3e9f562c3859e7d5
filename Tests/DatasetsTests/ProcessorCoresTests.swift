import Testing

@testable import Datasets

@Suite struct ProcessorCoresTests {
  /// As `nproc` counts, which asks the kernel for the cores that it is bound to.
  @Test func asNproc() throws {
    let output = try FolderImporterTests.output("nproc", [])
    #expect(Int(String(decoding: output.dropLast(), as: UTF8.self)) == ProcessorCores.available)
  }
}
