internal import CHDF5
import Glibc

/// The one way into libhdf5: every C call of this module is the body of a `call`.
///
/// A call takes the process-wide lock, because libhdf5 need not have been built thread-safe, and turns a negative result
/// into an `HDF5Error` before anything else on this thread can replace the error stack.
struct Gate: Sendable {
  /// The file that error messages name.
  let file: String

  /// Runs one C function and returns its result; throws if that is negative.
  @discardableResult
  func call<Code: SignedInteger>(
    _ operation: @autoclosure () -> String, _ body: () -> Code
  ) throws(HDF5Error) -> Code {
    Library.shared.lock()
    defer { Library.shared.unlock() }
    let code = body()
    guard code < 0 else { return code }
    let frames = ErrorFrame.stack()
    throw HDF5Error(frames.kind, file: file, operation: operation(), detail: frames.detail)
  }

  /// Runs a C function that returns an identifier, and owns the identifier.
  func open(_ operation: @autoclosure () -> String, _ body: () -> hid_t) throws(HDF5Error) -> Handle {
    Handle(owning: try call(operation(), body))
  }

  /// The error for a failure that this module finds itself.
  func error(_ kind: HDF5Error.Kind, _ operation: String, _ detail: String) -> HDF5Error {
    HDF5Error(kind, file: file, operation: operation, detail: detail)
  }
}

/// Owns an identifier of any class (file, dataset, dataspace, type, property list) and releases it.
///
/// Made from valid identifiers only: releasing an invalid one could close an unrelated object. The corresponding C
/// function is `H5Idec_ref`.
struct Handle: ~Copyable, Sendable {
  let id: hid_t

  fileprivate init(owning id: hid_t) { self.id = id }

  deinit {
    Library.shared.lock()
    H5Idec_ref(id)
    Library.shared.unlock()
  }
}

/// The library's process-wide state: the lock, and the settings made once.
final class Library: Sendable {
  static let shared = Library()

  /// Recursive, because the last release of a handle may happen inside a call.
  nonisolated(unsafe) private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  /// The driver that files on disk are read with.
  let readingDriver: hid_t
  /// The same for files that have no path.
  let imageDriver: hid_t

  private init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)

    // A file must not be able to run code or reach other files: no filter plugins, and the class of external links is
    // taken out, so that no path leads through one, not even behind a soft link.
    H5open()
    H5PLset_loading_state(0)
    H5Lunregister(H5L_TYPE_EXTERNAL)
    readingDriver = registerReadingDriver { _, flags in
      flags?.pointee = UInt(H5FD_FEAT_DATA_SIEVE) | UInt(H5FD_FEAT_POSIX_COMPAT_HANDLE)
      return 0
    }
    imageDriver = registerReadingDriver { _, flags in
      // The library looks for the real path behind a link to a file of the usual kind, and one in memory has none.
      flags?.pointee = UInt(H5FD_FEAT_DATA_SIEVE)
      return 0
    }
    Gate.registerReferences()
  }

  func lock() {
    pthread_mutex_lock(mutex)
    // Errors are thrown, not printed. A thread-safe libhdf5 keeps this setting per thread, so it is made at every entry.
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
  }

  func unlock() { pthread_mutex_unlock(mutex) }
}

/// A copy of libhdf5's usual driver that reads its structures without the library's accumulator.
///
/// The accumulator of libhdf5 1.10 copies from beyond its memory where a damaged file has an address near the largest
/// number; the driver itself refuses such addresses. The corresponding C functions are `H5FDopen` and `H5FDregister`.
///
/// - Parameter features: says what the driver can do.
private func registerReadingDriver(
  _ features: @escaping @convention(c) (UnsafePointer<H5FD_t>?, UnsafeMutablePointer<UInt>?) -> herr_t
) -> hid_t {
  let access = H5Pcreate(chdf5_file_access())
  defer { H5Pclose(access) }
  guard let file = H5FDopen("/dev/null", chdf5_read_only(), access, 1 << 62) else { return -1 }
  defer { H5FDclose(file) }
  var driver = file.pointee.cls.pointee
  driver.query = features
  return H5FDregister(&driver)
}

/// One line of libhdf5's error stack.
private struct ErrorFrame {
  let description: String
  let minor: hid_t

  /// The calling thread's error stack, from the function that was called to the root cause.
  ///
  /// The corresponding C function is `H5Ewalk2`.
  static func stack() -> [ErrorFrame] {
    var frames: [ErrorFrame] = []
    withUnsafeMutablePointer(to: &frames) { frames in
      _ = H5Ewalk2(hid_t(H5E_DEFAULT), H5E_WALK_DOWNWARD, appendFrame, frames)
    }
    return frames
  }
}

/// Appends a line of the error stack to the array that `frames` points to.
private func appendFrame(
  _ number: UInt32, _ error: UnsafePointer<H5E_error2_t>?, _ frames: UnsafeMutableRawPointer?
) -> herr_t {
  guard let error, let frames else { return -1 }
  // What follows differs from run to run: the time, and addresses in memory.
  var description = error.pointee.desc.map { String(cString: $0) } ?? ""
  for end in ["\n", ": time = "] {
    if let range = description.firstRange(of: end) { description.removeSubrange(range.lowerBound...) }
  }
  frames.assumingMemoryBound(to: [ErrorFrame].self).pointee
    .append(ErrorFrame(description: description, minor: error.pointee.min_num))
  return 0
}

extension [ErrorFrame] {
  /// What was attempted and the root cause: the lines between them say the same in other words.
  fileprivate var detail: String {
    guard let first, let last else { return "libhdf5 gives no reason" }
    if kind == .newer {
      return "written by a newer HDF5 (\(last.description)): write it without libver='latest'"
    }
    return count == 1 ? first.description : "\(first.description): \(last.description)"
  }

  fileprivate var kind: HDF5Error.Kind {
    switch last?.minor {
    case chdf5_error_not_hdf5(): .notHDF5
    case chdf5_error_truncated(): .truncated
    case _ where last.map { $0.description.contains("version") || $0.description.contains("unknown") } ?? false: .newer
    default: .failed
    }
  }
}
