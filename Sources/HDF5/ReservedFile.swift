internal import CHDF5
import Glibc
import Synchronization

/// A new file of a known size, written piece by piece in any order, that appears under its name only when it is whole.
///
/// Its space is reserved first, so a full disk is an error before the work and not after it. Until ``publish()`` the file
/// has no name, and the system removes it however the process ends. Where the file system knows no files without names
/// it has a hidden one beside the target, which is removed with the object and by SIGINT, SIGTERM, SIGHUP and SIGUSR1.
public final class ReservedFile {
  private let target: WriteTarget
  private let replaces: Bool
  private let descriptor: Int32
  private var temporary: TemporaryName?

  /// Creates the file and reserves its space.
  ///
  /// - Parameters:
  ///   - path: the name that ``publish()`` gives it.
  ///   - byteCount: its size.
  ///   - replacing: whether it takes the place of a file that is there.
  ///
  /// The corresponding C functions are `open` and `posix_fallocate`.
  public convenience init(path: String, byteCount: Int, replacing: Bool) throws(FileWriteError) {
    try self.init(path: path, byteCount: byteCount, replacing: replacing, named: false)
  }

  /// As the public one; `named` asks for the hidden name.
  init(path: String, byteCount: Int, replacing: Bool, named: Bool) throws(FileWriteError) {
    let target = WriteTarget(path: path, byteCount: byteCount)
    self.target = target
    replaces = replacing
    do throws(Step) {
      if !replacing { try Self.refuseExisting(path) }
      // Asked first: a reservation that fails has filled the disk, which is not this process' alone, before it does.
      if let free = AtomicFile.freeBytes(in: target.folder), free < byteCount {
        throw Step(operation: "reserve the space of", errno: ENOSPC)
      }
      let nameless = named ? -1 : chdf5_nameless_file(target.folder)
      if nameless >= 0 {
        descriptor = nameless
      } else {
        descriptor = try Step.check(
          "create", open(target.temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
        temporary = TemporaryName(target.temporary)
      }
    } catch {
      throw target.failure(error)
    }
    let code = posix_fallocate(descriptor, 0, byteCount)
    guard code == 0 else {
      // What it has got goes back before the free space is named.
      ftruncate(descriptor, 0)
      throw target.failure(Step(operation: "reserve the space of", errno: code))
    }
  }

  deinit {
    close(descriptor)
    temporary?.remove()
  }

  /// Writes bytes at `offset`.
  ///
  /// The corresponding C function is `pwrite`.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileWriteError) {
    var written = 0
    while written < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written, offset + written)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw target.failure(Step(operation: "write", errno: count == 0 ? EIO : errno)) }
      written += count
    }
  }

  /// Reads back what was written at `offset`, as much as `bytes` holds.
  ///
  /// The corresponding C function is `pread`.
  public func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileWriteError) {
    var done = 0
    while done < bytes.count {
      let count = pread(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw target.failure(Step(operation: "read back", errno: count == 0 ? EIO : errno)) }
      done += count
    }
  }

  /// Brings the file to the disk and gives it its name.
  ///
  /// - Throws: `FileWriteError`, also if a file of this name has appeared that is not to be replaced.
  ///
  /// The corresponding C functions are `fsync`, `linkat` and `rename`.
  public func publish() throws(FileWriteError) {
    do {
      try Step.check("flush", fsync(descriptor))
      if let temporary {
        // Unlike a rename, a link replaces nothing; the hidden name goes with the object.
        if replaces {
          try Step.check("rename", rename(temporary.path, target.path))
          temporary.forget()
          self.temporary = nil
        } else {
          try Self.link(temporary.path, target.path)
        }
      } else if replaces {
        // What a process of the same number has left behind.
        unlink(target.temporary)
        let name = TemporaryName(target.temporary)
        defer { name.remove() }
        try giveName(target.temporary)
        try Step.check("rename", rename(target.temporary, target.path))
      } else {
        try giveName(target.path)
      }
      try target.syncFolder()
    } catch {
      throw target.failure(error)
    }
  }

  /// Gives the file its second name; where files can have one only, renames it unless there is one of that name.
  private static func link(_ temporary: String, _ path: String) throws(Step) {
    guard Glibc.link(temporary, path) != 0 else { return }
    guard [EPERM, EOPNOTSUPP, ENOSYS].contains(errno) else { throw Step(operation: "name", errno: errno) }
    try refuseExisting(path)
    try Step.check("rename", rename(temporary, path))
  }

  /// Gives a file without a name one.
  private func giveName(_ path: String) throws(Step) {
    try Step.check("name", linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW))
  }

  private static func refuseExisting(_ path: String) throws(Step) {
    var status = stat()
    guard lstat(path, &status) != 0 else { throw Step(operation: "create", errno: EEXIST) }
  }
}

/// A hidden name that is removed should a signal end the process.
private struct TemporaryName {
  let path: String

  init(_ path: String) {
    self.path = path
    let name = strdup(path)
    // A process writes one such file at a time; the name of an earlier one is gone by now.
    pathToUnlink.store(Int(bitPattern: name), ordering: .sequentiallyConsistent)
    Self.handleSignals(by: unlinkAndEnd)
  }

  /// Leaves the file alone.
  func forget() {
    Self.handleSignals(by: SIG_DFL)
    let address = pathToUnlink.exchange(0, ordering: .sequentiallyConsistent)
    free(UnsafeMutableRawPointer(bitPattern: address))
  }

  /// Removes the file.
  func remove() {
    unlink(path)
    forget()
  }

  private static func handleSignals(by handler: (@convention(c) (Int32) -> Void)?) {
    for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1] {
      // A signal that is ignored, as nohup asks for, stays so.
      let ignoring = unsafeBitCast(SIG_IGN, to: Int.self)
      if unsafeBitCast(signal(number, handler), to: Int.self) == ignoring { signal(number, SIG_IGN) }
    }
  }
}

/// The address of the name that a signal removes; 0 if there is none.
private let pathToUnlink = Atomic<Int>(0)

/// Removes the unfinished file, and ends the process by the same signal.
private func unlinkAndEnd(_ number: Int32) {
  if let path = UnsafePointer<CChar>(bitPattern: pathToUnlink.load(ordering: .sequentiallyConsistent)) { unlink(path) }
  signal(number, SIG_DFL)
  raise(number)
}
