import Glibc
import Synchronization

/// Bytes by position, in a file or in memory.
///
/// Safe to use from several threads.
public final class ByteSource: Sendable {
  private enum Place: Sendable {
    case file(OpenFile, start: Int)
    case memory(ByteMemory)
  }

  /// What messages call it.
  public let name: String
  /// The number of bytes.
  public let count: Int
  private let place: Place

  /// A part of a file, which stays there.
  init(_ file: OpenFile, start: Int, count: Int, name: String) {
    self.name = name
    self.count = count
    place = .file(file, start: start)
  }

  /// The file at `path` as it is, which stays there.
  ///
  /// - Throws: `ArchiveError`, of kind `.missing` if there is no such file.
  public convenience init(file path: String) throws(ArchiveError) {
    let file = try OpenFile(path)
    self.init(file, start: 0, count: file.size, name: path)
  }

  /// Bytes in memory.
  init(_ memory: ByteMemory, name: String) {
    self.name = name
    count = memory.count
    place = .memory(memory)
  }

  /// Whether the bytes are in memory, so that reading here and there costs little.
  public var isInMemory: Bool { if case .memory = place { true } else { false } }

  /// Copies the bytes from `start` on.
  ///
  /// - Throws: `ArchiveError` if the file has become shorter, or cannot be read.
  public func read(at start: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) {
    precondition(start >= 0 && buffer.count <= count - start, "\(buffer.count) bytes at \(start) of \(count)")
    switch place {
    case .memory(let memory):
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory.bytes[start..<start + buffer.count]))
    case .file(let file, let first):
      guard try file.read(at: first + start, into: buffer) == buffer.count else {
        throw ArchiveError(.broken, name, "expected \(file.size) bytes, found fewer; it was cut off while it was read")
      }
    }
  }

  /// The bytes of a range as an array.
  public func bytes(_ range: Range<Int>) throws(ArchiveError) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 1)
    defer { room.deallocate() }
    try read(at: range.lowerBound, into: room)
    return Array(room)
  }

  /// The same bytes in memory.
  ///
  /// - Throws: `ArchiveError` of kind `.tooLarge` if they take more than half of the machine's.
  public func inMemory() throws(ArchiveError) -> ByteSource {
    guard case .file(let file, let start) = place else { return self }
    return try FileStream(file, at: start).copy(count)
  }
}

/// Memory that grows without being copied, as long as the system can; written until it is handed out.
final class ByteMemory: @unchecked Sendable {
  private var base: UnsafeMutableRawPointer?
  private var capacity = 0 {
    didSet { Self.total.add(capacity - oldValue, ordering: .relaxed) }
  }
  private static let total = Atomic(0)
  /// The bytes of all that there are in the process.
  static var bytesInUse: Int { total.load(ordering: .relaxed) }
  /// How many of the bytes are used.
  var count = 0

  deinit {
    Self.total.subtract(capacity, ordering: .relaxed)
    free(base)
  }

  /// What is filled.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
  /// What is not filled yet.
  var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base?.advanced(by: count), count: capacity - count)
  }

  /// Makes room for so many bytes; `name` is whose they are.
  ///
  /// The corresponding C function is `realloc`, which moves pages instead of bytes.
  func reserve(_ bytes: Int, _ name: String) throws(ArchiveError) {
    guard bytes > capacity else { return }
    guard let larger = realloc(base, bytes) else {
      throw ArchiveError(.tooLarge, name, "\(bytes) bytes of memory are not to be had; use a machine with more memory")
    }
    base = larger
    capacity = bytes
  }
}
