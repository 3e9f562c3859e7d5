import HDF5
import Numerics
import Synchronization

/// Writes checkpoints on a thread of its own, so that training does not wait for the disk.
///
/// What is written are copies: training changes nothing of them. There is one order at a time; who comes with the next waits
/// for the one before. What goes wrong is thrown at the next call of any function, on the thread that calls.
final class CheckpointWriter {
  /// What is to be written, in this order; what is on the disk is right wherever the order breaks off.
  struct Order: Sendable {
    /// Logs that a run which goes on from the checkpoints continues: what was appended so far is brought to the disk first.
    var logs: [JSONLinesFile] = []
    /// The checkpoints, oldest first.
    var checkpoints: [Checkpoint]
    /// Where the last of them is written once more, as the trained model; nil for nowhere.
    var modelFile: String?
  }

  private let store: CheckpointStore
  private var work: Work?

  /// Writes into `store`; the thread is started with the first order.
  init(into store: CheckpointStore) { self.store = store }

  /// Lets what is being written be written to its end.
  deinit { try? wait() }

  /// Hands over an order, and returns while it is written.
  func write(_ order: Order) throws {
    try wait()
    work = Work { [store] in try store.write(order) }
  }

  /// Throws what went wrong; waits for nothing.
  func check() throws { if work?.hasFailed == true { try wait() } }

  /// Waits until everything is written.
  func wait() throws {
    guard let work else { return }
    self.work = nil
    try work.wait()
  }
}

/// A piece of work that a thread does once.
private final class Work: Sendable {
  private let body: @Sendable () throws -> Void
  private let failure = Mutex<(any Error)?>(nil)
  private let thread = Mutex<SystemThread?>(nil)

  /// Starts the thread, which keeps this object alive; where there can be none, the work is done at once.
  init(_ body: @escaping @Sendable () throws -> Void) {
    self.body = body
    do {
      let new = try SystemThread("cnn-dist writer") { [self] in run() }
      thread.withLock { $0 = new }
    } catch {
      run()
    }
  }

  private func run() {
    do { try body() } catch { failure.withLock { $0 = error } }
  }

  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// Waits for its end, once, and throws what went wrong.
  func wait() throws {
    thread.withLock { $0 }?.join()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

extension CheckpointStore {
  /// Writes all that is ordered.
  ///
  /// - Throws: `FileWriteError`; then every checkpoint that was there still is.
  fileprivate func write(_ order: CheckpointWriter.Order) throws {
    for log in order.logs { try log.synchronize() }
    var bytes: [UInt8] = []
    for checkpoint in order.checkpoints { bytes = try write(checkpoint) }
    guard let file = order.modelFile, let last = order.checkpoints.last else { return }
    try AtomicFile.write(last.withBestParameters()?.bytes() ?? bytes, to: file, isReadBack: true)
  }
}
