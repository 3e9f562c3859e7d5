import MPI
import Testing

/// What can be asked of MPI before it is started; the rest is in ClusterTests, with real ranks.
@Suite struct EnvironmentTests {
  @Test func mpiIsNotRunningBeforeItIsStarted() {
    #expect(!Environment.isRunning)
  }

  @Test func versionNamesTheLibrary() {
    #expect(Environment.libraryVersion.contains(#/\w+ v?\d+\.\d+/#))
    #expect(!Environment.libraryVersion.contains(","))
  }
}
