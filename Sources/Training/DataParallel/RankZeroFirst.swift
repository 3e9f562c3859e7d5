import MPI

extension Communicator {
  /// Runs `body` on rank 0 and then on all others, so that what is wrong everywhere is said once; tells `heartbeat` when this
  /// rank waits.
  ///
  /// Collective: every rank must call this. If rank 0 throws, the others wait for it to abort the job.
  func rankZeroFirst<T>(_ heartbeat: Heartbeat, _ body: () throws -> T) throws -> T {
    if rank > 0 { try heartbeat.whileWaiting { try barrier() } }
    let value = try body()
    if rank == 0 { try heartbeat.whileWaiting { try barrier() } }
    return value
  }
}
