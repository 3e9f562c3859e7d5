import Foundation
import HDF5
import TestSupport
import Testing

@testable import Training

@Suite struct RunLockTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func theHolderIsNamed() throws {
    let lock = try RunLock(folder: folder.path)
    let error = #expect(throws: RunLockError.self) { try RunLock(folder: folder.path, patience: .zero) }
    #expect(error?.description.contains("(process \(getpid()) on ") == true, "\(String(describing: error))")
    withExtendedLifetime(lock) {}
  }

  @Test func itIsWaitedFor() async throws {
    let path = folder.path
    let lock = Mutex(try RunLock(folder: path))
    let release = Thread {
      usleep(200_000)
      lock.value = nil
    }
    release.start()
    let begin = ContinuousClock.now
    _ = try RunLock(folder: path, patience: .seconds(30))
    #expect(.now - begin >= .milliseconds(150), "the holder kept it for 0.2 s")
  }

  @Test func aFolderThatIsNotThereIsAnError() {
    #expect(throws: FileWriteError.self) { try RunLock(folder: folder("nothing"), patience: .zero) }
  }

  /// A file says who has the lock, and nothing else of it is shown.
  @Test(arguments: ["", "node7", "node7 1 2 3 4", "node\u{1B}[31m 1 2 3", "node7 -1 2 3", "node7 99999999999999 2 3"])
  func whatIsNoHolderIsNotShown(text: String) throws {
    try AtomicFile.write(Array(text.utf8), to: folder("lock"))
    #expect(LockHolder(readFrom: folder("lock")) == nil)
  }

  // MARK: Where there are no locks

  @Test func oneProcessHasALease() throws {
    var lease = try Lease(folder("lock-held"))
    #expect(lease != nil)
    #expect(try Lease(folder("lock-held")) == nil)
    lease = nil
    #expect(!FileManager.default.fileExists(atPath: folder("lock-held")))
    lease = try Lease(folder("lock-held"))
    #expect(lease != nil)
  }

  /// Who stood still for so long that another has taken the lock must not go on.
  @Test(.timeLimit(.minutes(1))) func aLeaseThatIsLostIsNoticed() throws {
    let isLost = Mutex<Bool>(false)
    let lease = try Lease(folder("lock-held"), whenLost: { isLost.value = true })
    try FileManager.default.removeItem(atPath: folder("lock-held"))
    let other = try Lease(folder("lock-held"))
    #expect(other != nil)
    while isLost.value != true { usleep(10_000) }
    withExtendedLifetime((lease, other)) {}
  }

  /// A process of this machine that is gone has left its file; on another machine its age tells.
  @Test(arguments: [(false, 0, true), (true, 0, false), (true, 3600, true)])
  func whatIsLeftOfAnotherIsTaken(isElsewhere: Bool, age: Int, isTaken: Bool) throws {
    let mine = LockHolder.current
    let text = "\(isElsewhere ? "elsewhere" : mine.host) 99999999 \(mine.namespace) \(mine.time)\n"
    try AtomicFile.write(Array(text.utf8), to: folder("lock-held"))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -Double(age))], ofItemAtPath: folder("lock-held"))
    let lease = try Lease(folder("lock-held"))
    #expect((lease != nil) == isTaken)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["lock-held"])
    withExtendedLifetime(lease) {}
  }
}

/// A value that two threads share.
private final class Mutex<T>: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: T?

  init(_ value: T) { stored = value }

  var value: T? {
    get { lock.withLock { stored } }
    set { lock.withLock { stored = newValue } }
  }
}
