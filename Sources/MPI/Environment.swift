internal import CMPI
internal import Foundation

/// The MPI library, from start to end of the job.
///
/// A program creates exactly one, on its main thread.
///
/// There is no `deinit` that finalizes: a rank that leaves by an error must not call `MPI_Finalize`, which waits for
/// ranks that are still in a collective call. Call ``finalize()`` at the regular end and ``abort(code:)`` after an error.
public final class Environment {
  /// The communicator of all ranks of the job.
  public let world: Communicator

  /// Starts MPI for a program whose main thread makes all MPI calls.
  ///
  /// Errors are returned from then on, not fatal.
  ///
  /// Throws ``MPIError`` if MPI fails, ``SingletonError`` if the launcher has started several processes and MPI finds one.
  ///
  /// Collective: every rank must call this. A program started without `mpirun` is a job of one rank.
  ///
  /// The corresponding C function is `MPI_Init_thread` with `MPI_THREAD_FUNNELED`.
  public init() throws {
    // MPI changes the environment.
    let launch = Launch(ProcessInfo.processInfo.environment)
    Self.yieldWhenOversubscribed()
    Self.chooseWindows()
    var provided: Int32 = 0
    try check("MPI_Init_thread", MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided))
    guard provided >= Int32(MPI_THREAD_FUNNELED) else {
      throw MPIError("MPI_Init_thread", code: MPI_ERR_OTHER, text: "this MPI library does not allow threads")
    }
    try check("MPI_Comm_set_errhandler", MPI_Comm_set_errhandler(cmpi_comm_world(), cmpi_errors_return()))
    world = try Communicator(cmpi_comm_world(), owned: false)
    try launch?.check(ranks: world.size)
  }

  /// Ends MPI.
  ///
  /// Nothing of this module may be called afterwards, except ``abort(code:)`` and ``isRunning``.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Finalize`.
  public func finalize() throws(MPIError) {
    try check("MPI_Finalize", MPI_Finalize())
  }

  /// Ends this process with exit code `code` (0 to 255) and, if MPI is running, all other ranks with it.
  ///
  /// Not collective: this is how one rank gets out when the others wait for it.
  ///
  /// The corresponding C function is `MPI_Abort`.
  public static func abort(code: Int32) -> Never {
    if isRunning { MPI_Abort(cmpi_comm_world(), code) }
    exit(code)
  }

  /// Whether MPI has been started and not yet finalized.
  ///
  /// The corresponding C functions are `MPI_Initialized` and `MPI_Finalized`.
  public static var isRunning: Bool {
    var initialized: Int32 = 0
    var finalized: Int32 = 0
    MPI_Initialized(&initialized)
    MPI_Finalized(&finalized)
    return initialized != 0 && finalized == 0
  }

  /// The number of ranks of the job; 1 as long as MPI is not running.
  ///
  /// The corresponding C function is `MPI_Comm_size`.
  public static var worldSize: Int {
    var size: Int32 = 1
    if isRunning { MPI_Comm_size(cmpi_comm_world(), &size) }
    return Int(size)
  }

  /// Name and version of the MPI library, for instance "Open MPI v4.1.4".
  ///
  /// The corresponding C function is `MPI_Get_library_version`.
  public static var libraryVersion: String {
    let text = string(capacity: Int(MPI_MAX_LIBRARY_VERSION_STRING)) { MPI_Get_library_version($0, &$1) }
    return String(text.prefix { $0 != "," && !$0.isNewline })
  }

  /// Version of the Open MPI that the program was compiled for.
  ///
  /// The corresponding C macros are `OMPI_MAJOR_VERSION`, `OMPI_MINOR_VERSION` and `OMPI_RELEASE_VERSION`.
  public static var compiledVersion: String { "\(OMPI_MAJOR_VERSION).\(OMPI_MINOR_VERSION).\(OMPI_RELEASE_VERSION)" }

  /// Makes windows work on every network.
  ///
  /// Of itself Open MPI 4 takes, for ranks on several machines, windows that a network without remote memory access does not
  /// have, and `MPI_Win_allocate` fails; those that are made of messages work everywhere, and for ranks of one machine
  /// there is shared memory. Open MPI 5 has no such fault, nor those windows. A setting of the user's is left alone.
  private static func chooseWindows() {
    if OMPI_MAJOR_VERSION == 4 { setenv("OMPI_MCA_osc", "sm,pt2pt", 0) }
  }

  /// Makes waiting ranks give up the core if there are fewer cores than ranks.
  ///
  /// Otherwise they spin and keep those they wait for from running: everything takes many times longer. `mpirun`
  /// arranges it only if it knows that the machine is oversubscribed, which it does not if a host file declares more
  /// slots than cores. A setting of the user's is left alone.
  private static func yieldWhenOversubscribed() {
    let environment = ProcessInfo.processInfo.environment
    guard let ranks = environment["OMPI_COMM_WORLD_LOCAL_SIZE"].flatMap({ Int($0) }) else { return }
    // Where mpirun has given each rank a core of its own, the cores are the machine's; else those that all may use.
    let isBound = environment["OMPI_MCA_orte_bound_at_launch"] == "1"
    let machine = ProcessInfo.processInfo.activeProcessorCount
    let cores = isBound ? machine : AllowedCores.ofThisProcess?.count ?? machine
    if ranks > cores { setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0) }
  }
}
