import Testing

@testable import Archives

@Suite struct ArchiveErrorTests {
  @Test func namesTheFile() {
    #expect("\(ArchiveError(.broken, "a.zip", "it ends early"))" == "a.zip: it ends early")
  }
}
