import Glibc
import Numerics

/// How a file is compressed, as its first bytes say.
enum Compression: Sendable {
  case none
  case gzip
  case xz
  case bzip2

  /// Looks at the first bytes of a file.
  init(of file: OpenFile) throws(ArchiveError) {
    let bytes = try file.bytes(at: 0, count: 6)
    if bytes.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else if bytes.starts(with: Array("BZh".utf8)) {
      self = .bzip2
    } else {
      self = .none
    }
  }

  /// How many times larger than its compressed form data may be.
  ///
  /// deflate stores 258 bytes in no less than two bits. LZMA comes to 7,090 for zeros. bzip2 brings 45 MB of zeros to 45
  /// bytes, which no data of use looks like; it may do what LZMA does.
  private var largestRatio: Int {
    switch self {
    case .none: 1
    case .gzip: 1032
    case .xz, .bzip2: 8000
    }
  }

  /// The most bytes that a file so compressed may hold.
  func mostBytes(in file: OpenFile) -> Int {
    let (product, overflows) = file.size.multipliedReportingOverflow(by: largestRatio)
    return overflows ? .max : product
  }
}

/// How much memory data may take.
public enum MemoryLimit {
  /// Half of the machine's memory, in bytes.
  public static let bytes = MachineMemory.bytes / 2
}
