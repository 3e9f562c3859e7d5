internal import CMPI

/// Numbers on one rank that every rank can read and change at any time, without that rank's help.
///
/// Each operation is atomic for each number. Nobody waits for anybody, but on a network without such operations in hardware
/// they are carried out when the owner is next inside the library: ``Communicator/progress()`` is how a rank that computes
/// gets there. Like all windows it is not freed by a `deinit`.
public final class SharedTable {
  /// The kinds of numbers that there can be.
  private enum Kind {
    case integers
    case numbers
  }

  /// The number of entries.
  public let count: Int
  private let owner: Int32
  private let kind: Kind
  private var window: OpaquePointer?

  /// Makes a table of `count` whole numbers, all 0, in the memory of rank `owner`.
  ///
  /// Collective: every rank of `communicator` must call this, with the same arguments.
  ///
  /// The corresponding C functions are `MPI_Win_allocate` and `MPI_Win_lock_all`.
  public convenience init(integers count: Int, of owner: Int = 0, on communicator: Communicator) throws(MPIError) {
    try self.init(.integers, count, of: owner, on: communicator)
  }

  /// Makes a table of `count` numbers, none of them known yet (NaN), in the memory of rank `owner`.
  ///
  /// Collective: every rank of `communicator` must call this, with the same arguments.
  ///
  /// The corresponding C functions are `MPI_Win_allocate` and `MPI_Win_lock_all`.
  public convenience init(numbers count: Int, of owner: Int = 0, on communicator: Communicator) throws(MPIError) {
    try self.init(.numbers, count, of: owner, on: communicator)
  }

  private init(_ kind: Kind, _ count: Int, of owner: Int, on communicator: Communicator) throws(MPIError) {
    precondition(count > 0 && count <= Int(Int32.max), "a table of \(count) numbers")
    self.count = count
    self.kind = kind
    self.owner = Int32(owner)
    let width = 8
    let bytes = communicator.rank == owner ? count * width : 0
    var base: UnsafeMutableRawPointer?
    let code = MPI_Win_allocate(bytes, Int32(width), cmpi_info_null(), communicator.handle, &base, &window)
    try check("MPI_Win_allocate", Int32(communicator.allreduce(maximum: Int(code))))
    try check("MPI_Win_set_errhandler", MPI_Win_set_errhandler(window, cmpi_errors_return()))
    if communicator.rank == owner, let base {
      switch kind {
      case .integers: base.initializeMemory(as: Int64.self, repeating: 0, count: count)
      case .numbers: base.initializeMemory(as: Double.self, repeating: .nan, count: count)
      }
    }
    try communicator.barrier()
    try check("MPI_Win_lock_all", MPI_Win_lock_all(0, window))
  }

  /// Adds to an entry and returns what it was before.
  ///
  /// The corresponding C functions are `MPI_Fetch_and_op` with `MPI_SUM` and `MPI_Win_flush`.
  @discardableResult
  public func add(_ value: Int, to entry: Int) throws(MPIError) -> Int {
    try fetch(entry, cmpi_sum(), value)
  }

  /// Makes an entry at least `value`.
  ///
  /// The corresponding C functions are `MPI_Fetch_and_op` with `MPI_MAX` and `MPI_Win_flush`.
  public func raise(_ entry: Int, to value: Int) throws(MPIError) { _ = try fetch(entry, cmpi_max(), value) }

  /// The whole number that an entry is.
  ///
  /// The corresponding C functions are `MPI_Fetch_and_op` with `MPI_NO_OP` and `MPI_Win_flush`.
  public func integer(_ entry: Int) throws(MPIError) -> Int { try fetch(entry, cmpi_no_op(), 0) }

  /// Sets an entry.
  ///
  /// The corresponding C functions are `MPI_Accumulate` with `MPI_REPLACE` and `MPI_Win_flush`.
  public func set(_ entry: Int, to value: Double) throws(MPIError) {
    precondition(kind == .numbers && (0..<count).contains(entry), "entry \(entry) of \(count) numbers")
    // Whoever starts an operation keeps its memory where it is until it is complete.
    let code = withUnsafePointer(to: value) { value in
      let code = MPI_Accumulate(
        value, 1, cmpi_double(), owner, MPI_Aint(entry), 1, cmpi_double(), cmpi_replace(), window)
      return code == MPI_SUCCESS ? MPI_Win_flush(owner, window) : code
    }
    try check("MPI_Accumulate", code)
  }

  /// The numbers in a range of entries; NaN where none was set.
  ///
  /// The corresponding C functions are `MPI_Get_accumulate` with `MPI_NO_OP` and `MPI_Win_flush`.
  public func numbers(_ range: Range<Int>) throws(MPIError) -> [Double] {
    precondition(kind == .numbers && range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) numbers")
    var values = [Double](repeating: .nan, count: range.count)
    guard let length = Int32(exactly: range.count), length > 0 else { return values }
    var code = MPI_SUCCESS
    values.withUnsafeMutableBufferPointer { values in
      code = MPI_Get_accumulate(
        nil, 0, cmpi_double(), values.baseAddress, length, cmpi_double(), owner, MPI_Aint(range.lowerBound), length,
        cmpi_double(), cmpi_no_op(), window)
      if code == MPI_SUCCESS { code = MPI_Win_flush(owner, window) }
    }
    try check("MPI_Get_accumulate", code)
    return values
  }

  private func fetch(_ entry: Int, _ operation: MPI_Op?, _ value: Int) throws(MPIError) -> Int {
    precondition(kind == .integers && (0..<count).contains(entry), "entry \(entry) of \(count) integers")
    // What is added, and what was there before.
    var numbers = [Int64(value), 0]
    let code = numbers.withUnsafeMutableBufferPointer { numbers in
      let start = numbers.baseAddress
      let code = MPI_Fetch_and_op(
        start, start.map { $0 + 1 }, cmpi_int64(), owner, MPI_Aint(entry), operation, window)
      return code == MPI_SUCCESS ? MPI_Win_flush(owner, window) : code
    }
    try check("MPI_Fetch_and_op", code)
    return Int(numbers[1])
  }

  /// Gives the memory back.
  ///
  /// Collective: every rank of the communicator must call this, once.
  ///
  /// The corresponding C functions are `MPI_Win_unlock_all` and `MPI_Win_free`.
  public func free() throws(MPIError) {
    try check("MPI_Win_unlock_all", MPI_Win_unlock_all(window))
    try check("MPI_Win_free", MPI_Win_free(&window))
  }
}

extension Communicator {
  /// Lets the library work on what other ranks want of this one; returns at once.
  ///
  /// The corresponding C function is `MPI_Iprobe`.
  public func progress() throws(MPIError) {
    var flag: Int32 = 0
    try check("MPI_Iprobe", MPI_Iprobe(cmpi_any_source(), cmpi_any_tag(), handle, &flag, cmpi_status_ignore()))
  }
}
