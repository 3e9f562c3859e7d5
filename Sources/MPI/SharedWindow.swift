internal import CMPI
internal import Foundation

/// Memory that the ranks of one machine share: each rank has a segment, and all can read and write all segments.
///
/// Whoever writes what others read must call ``synchronize()`` in between. The window is not freed by a `deinit`:
/// freeing waits for the other ranks, and a rank that leaves by an error would hang there instead of ending the job. Call
/// ``free()`` when all ranks are done; otherwise the window lives until the job ends.
public final class SharedWindow {
  /// The ranks that share the memory.
  public let communicator: Communicator

  private var window: OpaquePointer?
  private let segments: [UnsafeMutableRawBufferPointer]

  /// One line of the cache; segments start at a multiple of it.
  private static let alignment = 64

  /// Allocates a segment of `bytes` bytes, which may differ from rank to rank, and fills it with zeros.
  ///
  /// Throws on every rank if the memory cannot be had, above all because `/dev/shm` is too small (64 MB by default in
  /// a container). The space is checked before: it is only used up as pages are touched, and a process that touches a
  /// page that does not fit is killed.
  ///
  /// Collective: every rank of `communicator`, all on one machine, must call this.
  ///
  /// The corresponding C functions are `MPI_Win_allocate_shared` and `MPI_Win_lock_all`.
  public init(on communicator: Communicator, bytes: Int) throws(MPIError) {
    self.communicator = communicator
    let sizes = try communicator.allgather(bytes)
    try Self.checkSpace(for: sizes, on: communicator)

    // Each segment in pages of its own, so that it is placed near the core of its rank.
    var info = cmpi_info_null()
    try check("MPI_Info_create", MPI_Info_create(&info))
    defer { MPI_Info_free(&info) }
    try check("MPI_Info_set", MPI_Info_set(info, "alloc_shared_noncontig", "true"))
    var base: UnsafeMutableRawPointer?
    let code = MPI_Win_allocate_shared(bytes + Self.alignment, 1, info, communicator.handle, &base, &window)
    // Ranks that failed and ranks that did not must not go separate ways. The latter's part stays until the job ends:
    // freeing it would take all ranks.
    let worst = Int32(try communicator.allreduce(maximum: Int(code)))
    try check("MPI_Win_allocate_shared", worst)
    try check("MPI_Win_set_errhandler", MPI_Win_set_errhandler(window, cmpi_errors_return()))
    try check("MPI_Win_lock_all", MPI_Win_lock_all(Int32(MPI_MODE_NOCHECK), window))

    var segments: [UnsafeMutableRawBufferPointer] = []
    for (rank, size) in sizes.enumerated() {
      var available: MPI_Aint = 0
      var unit: Int32 = 0
      var start: UnsafeMutableRawPointer?
      try check("MPI_Win_shared_query", MPI_Win_shared_query(window, Int32(rank), &available, &unit, &start))
      segments.append(UnsafeMutableRawBufferPointer(start: start?.alignedUp(toMultipleOf: Self.alignment), count: size))
    }
    self.segments = segments
    segments[communicator.rank].initializeMemory(as: UInt8.self, repeating: 0)
    communicator.openWindows.all.append(self)
    try synchronize()
  }

  /// The memory of rank `rank` of the communicator; starts at a multiple of 64 bytes.
  ///
  /// The corresponding C function is `MPI_Win_shared_query`.
  public func segment(of rank: Int) -> UnsafeMutableRawBufferPointer { segments[rank] }

  /// Waits for all ranks; what each wrote before is seen by all afterwards.
  ///
  /// Collective: every rank of the communicator must call this.
  ///
  /// The corresponding C functions are `MPI_Win_sync`, `MPI_Barrier` and `MPI_Win_sync`.
  public func synchronize() throws(MPIError) {
    try check("MPI_Win_sync", MPI_Win_sync(window))
    try communicator.barrier()
    try check("MPI_Win_sync", MPI_Win_sync(window))
  }

  /// Gives the memory back.
  ///
  /// The segments must not be used afterwards.
  ///
  /// Collective: every rank of the communicator must call this, once.
  ///
  /// The corresponding C functions are `MPI_Win_unlock_all` and `MPI_Win_free`.
  public func free() throws(MPIError) {
    communicator.openWindows.all.removeAll { $0 === self }
    try check("MPI_Win_unlock_all", MPI_Win_unlock_all(window))
    try check("MPI_Win_free", MPI_Win_free(&window))
  }

  /// Throws, on every rank, if segments of these sizes do not fit into the file system that backs the window.
  private static func checkSpace(for sizes: [Int], on communicator: Communicator) throws(MPIError) {
    // Open MPI takes ordinary memory for a window of one rank.
    guard sizes.count > 1 else { return }
    let folder = ProcessInfo.processInfo.environment["OMPI_MCA_osc_sm_backing_directory"] ?? "/dev/shm"
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    // Every segment is rounded up to pages; the library's own header takes a few more.
    let needed = sizes.reduce(64 << 10) { $0 + $1 + alignment + page }
    var status = statvfs()
    let available = statvfs(folder, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : 0
    let agreed = try communicator.allreduce(minimum: available)
    if agreed < needed {
      let text = "\(folder) has \(agreed) bytes free, a window of \(sizes.count) ranks needs \(needed)"
      throw MPIError("MPI_Win_allocate_shared", code: MPI_ERR_NO_SPACE, text: text)
    }
  }
}

/// The windows of a family of communicators that are not freed, in the order in which they were made.
final class OpenWindows {
  var all: [SharedWindow] = []
}
