internal import CMPI

/// A group of ranks that can talk to each other.
///
/// Collective calls must be made by every rank of the communicator, in the same order. All calls belong on the main
/// thread. A communicator made by a split is freed with its last reference; the implementation of the free is local, so
/// a rank that leaves by an error does not wait there for the others.
public final class Communicator {
  let handle: OpaquePointer?
  private let owned: Bool

  /// The number of this process in the communicator, from 0.
  public let rank: Int
  /// The number of ranks.
  public let size: Int

  /// The largest number of bytes moved by one call.
  ///
  /// MPI counts in 32-bit integers, so longer buffers go in pieces. All ranks must have the same value; only tests
  /// change it.
  var pieceBytes = 1 << 30

  /// The windows that are not freed yet, of this communicator, those that it was split from and all their parts.
  let openWindows: OpenWindows

  /// Wraps `handle`, which is freed in the end if it is `owned`.
  ///
  /// The corresponding C functions are `MPI_Comm_rank` and `MPI_Comm_size`.
  init(_ handle: OpaquePointer?, owned: Bool, openWindows: OpenWindows = OpenWindows()) throws(MPIError) {
    self.handle = handle
    self.owned = owned
    self.openWindows = openWindows
    var rank: Int32 = 0
    var size: Int32 = 0
    try check("MPI_Comm_rank", MPI_Comm_rank(handle, &rank))
    try check("MPI_Comm_size", MPI_Comm_size(handle, &size))
    self.rank = Int(rank)
    self.size = Int(size)
  }

  deinit {
    guard owned, Environment.isRunning else { return }
    var handle = handle
    MPI_Comm_free(&handle)
  }

  /// Divides the ranks into one communicator per colour, ordered by `key` and then by present rank.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Comm_split`.
  public func split(color: Int, key: Int) throws(MPIError) -> Communicator {
    try Communicator(part(color: Int32(color), key: key), owned: true, openWindows: openWindows)
  }

  /// Divides those ranks that give a colour into one communicator per colour; the others get `nil`.
  ///
  /// Collective: every rank must call this, also those that join none.
  ///
  /// The corresponding C function is `MPI_Comm_split`.
  public func split(color: Int?, key: Int) throws(MPIError) -> Communicator? {
    let part = try part(color: color.map { Int32($0) } ?? Int32(MPI_UNDEFINED), key: key)
    return color == nil ? nil : try Communicator(part, owned: true, openWindows: openWindows)
  }

  private func part(color: Int32, key: Int) throws(MPIError) -> OpaquePointer? {
    var part: OpaquePointer?
    try check("MPI_Comm_split", MPI_Comm_split(handle, color, Int32(key), &part))
    return part
  }

  /// Divides the ranks into one communicator per machine, in the present order of ranks.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Comm_split_type` with `MPI_COMM_TYPE_SHARED`.
  public func splitBySharedMemory() throws(MPIError) -> Communicator {
    var part: OpaquePointer?
    let code = MPI_Comm_split_type(handle, Int32(MPI_COMM_TYPE_SHARED), Int32(rank), cmpi_info_null(), &part)
    try check("MPI_Comm_split_type", code)
    return try Communicator(part, owned: true, openWindows: openWindows)
  }

  /// How many windows of shared memory are not freed, of this communicator and all that were split from the same.
  public var openWindowCount: Int { openWindows.all.count }

  /// Frees the windows that were made after there were `count`: what failed half way has left them.
  ///
  /// Collective: every rank must call this, all having failed at the same place.
  public func freeWindows(after count: Int) throws(MPIError) {
    while openWindows.all.count > count, let window = openWindows.all.last { try window.free() }
  }

  /// Returns when every rank has called it.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Barrier`.
  public func barrier() throws(MPIError) {
    try check("MPI_Barrier", MPI_Barrier(handle))
  }
}
