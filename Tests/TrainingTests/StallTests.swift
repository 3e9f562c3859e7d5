import TestSupport
import Testing

@testable import Training

/// What is said of ranks that hang.
@Suite struct StallTests {
  private let ranks = (0..<4).map { RankPlace(host: "n\($0 / 2)", process: 100 + $0) }
  private let waiting = Heartbeat.Moment(phase: .waiting, shard: 0, step: 9, since: 0)

  private func text(_ notes: [Heartbeat.Moment?], of rank: Int = 0, _ moment: Heartbeat.Moment? = nil) -> String {
    Stall(moment ?? waiting, of: rank, ranks: ranks, .notes(notes), seconds: 301).description
  }

  @Test func whoDoesNotWait() {
    let computing = Heartbeat.Moment(phase: .computing, shard: 5, step: 9, since: 0)
    #expect(
      text([waiting, waiting, computing, waiting])
        == "nothing has happened for 301 s in step 9: rank 2 (n1, process 102) is computing virtual shard 5; "
        + "3 ranks wait for it")
  }

  /// The others have begun the next step; this rank has not ended the one before.
  @Test func inTheStepBefore() {
    let recording = Heartbeat.Moment(phase: .recording, shard: 0, step: 8, since: 0)
    #expect(text([recording, waiting, waiting, waiting], of: 1).contains("records or a checkpoint of step 8; 3 ranks"))
  }

  @Test func whoIsSilent() {
    #expect(text([waiting, waiting, nil, nil]).contains("rank 2 (n1, process 102) gives no sign of life"))
    #expect(text([waiting, waiting, nil, nil]).contains("rank 3 (n1, process 103) gives no sign of life"))
  }

  @Test func nobodyIsGuilty() {
    #expect(text([waiting, waiting, waiting, waiting]).contains("all ranks wait for messages of each other"))
  }

  /// For a rank that works elsewhere nobody waits in vain.
  @Test func whoIsAtWork() {
    let moving = Heartbeat.Moment(phase: .moving, shard: 0, step: -1, since: 0)
    let between = Heartbeat.Moment(phase: .waiting, shard: 0, step: -1, since: 0)
    #expect(
      text([between, moving, nil, between], of: 0, between)
        == "nothing has happened for 301 s: rank 2 (n1, process 102) gives no sign of life: it is stopped, its machine or "
        + "the network is gone, or it has far more to do; 2 ranks wait for it")
  }

  /// Without a folder that all see, a rank knows of itself.
  @Test func withoutNotes() {
    func text(_ moment: Heartbeat.Moment) -> String {
      Stall(moment, of: 3, ranks: ranks, .nothing("none is there"), seconds: 301).description
    }
    #expect(
      text(waiting)
        == "nothing has happened for 301 s in step 9; rank 3 (n1, process 103) is waiting for the other ranks "
        + "and knows nothing of the others: none is there")
    let computing = Heartbeat.Moment(phase: .computing, shard: 7, step: 9, since: 0)
    #expect(text(computing).contains("rank 3 (n1, process 103) is computing virtual shard 7"))
  }

  @Test func beforeTheFirstStep() {
    let starting = Heartbeat.Moment(phase: .starting, shard: 0, step: 0, since: 0)
    let waiting = Heartbeat.Moment(phase: .waiting, shard: 0, step: 0, since: 0)
    #expect(
      text([starting, waiting, waiting, waiting], of: 0, starting)
        == "nothing has happened for 301 s before the first step: rank 0 (n0, process 100) is opening the store, "
        + "reading samples or making the network; 3 ranks wait for it")
  }

  /// A collective is waited in; after it goes on what was done before.
  @Test func waitingInACollective() throws {
    let heartbeat = Heartbeat()
    heartbeat.enter(.computing, step: 3, shard: 2)
    heartbeat.whileWaiting { #expect(heartbeat.moment.phase == .waiting && heartbeat.moment.step == 3) }
    let moment = heartbeat.moment
    #expect(moment.phase == .computing && moment.step == 3 && moment.shard == 2)
  }

  /// Notes are small files that come and go.
  @Test func notes() throws {
    let folder = try TemporaryFolder()
    let notes = StallNotes(folder: folder("stalled"))
    #expect(notes.read(2).allSatisfy { $0 == nil })
    let computing = StallNotes.Note(
      moment: Heartbeat.Moment(phase: .computing, shard: 5, step: 9, since: 0), stands: false, count: 7)
    notes.leave(computing, 1)
    #expect(notes.read(3) == [nil, computing, nil])
    let standing = StallNotes.Note(moment: waiting, stands: true, count: 1)
    notes.leave(standing, 0)
    notes.remove(1)
    #expect(notes.read(2) == [standing, nil])
    notes.remove(0)
    #expect(notes.read(2) == [nil, nil])
  }
}
