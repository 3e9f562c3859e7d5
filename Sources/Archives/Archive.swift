internal import CArchive
import Glibc

/// A .tar (also .tar.gz, .tar.xz, .tar.bz2) or .zip file, open for reading from its first entry to its last.
///
/// As a stream it is the data of the entry that ``next()`` has come to. Nothing is ever written to disk. Used from one
/// thread. The corresponding C type is `struct archive`.
public final class Archive: ByteStream {
  /// The kinds of archives.
  public enum Format: Sendable {
    /// A tape archive, compressed or not.
    case tar
    /// A zip archive.
    case zip
    /// A single compressed file.
    case raw
  }

  /// A file in an archive.
  public struct Entry: Sendable, Equatable {
    /// The name with its folders, as the archive has it.
    public let name: String
    /// The size of its data in bytes, as the archive says; nil if it does not.
    public let size: Int?
  }

  private let file: OpenFile
  private let handle: OpaquePointer
  /// What decompresses the file, if that is not libarchive.
  private let input: ArchiveInput?
  private let format: Format
  private var entryName: String?
  /// The most bytes that the archive can hold.
  public let mostBytes: Int

  /// Opens the archive at `path`.
  ///
  /// - Throws: `ArchiveError`, of kind `.missing` if there is no such file, `.broken` if it is no such archive.
  public convenience init(opening path: String, as format: Format) throws(ArchiveError) {
    let file = try OpenFile(path)
    let compression = format == .tar ? try Compression(of: file) : .none
    let stream = compression == .none ? nil : try CompressedFile.stream(of: file, compression)
    try self.init(file, compression, format, from: stream)
  }

  /// Opens a file in which only libarchive finds its way about, or the content of another stream of it.
  ///
  /// The corresponding C functions are `archive_read_new`, `archive_read_open_fd` and `archive_read_open`.
  init(
    _ file: OpenFile, _ compression: Compression, _ format: Format, from stream: (any ByteStream)? = nil
  ) throws(ArchiveError) {
    input = stream.map { ArchiveInput($0, mostBytes: compression.mostBytes(in: file)) }
    guard let handle = archive_read_new() else {
      throw ArchiveError(.tooLarge, file.path, "there is no memory to read it; use a machine with more memory")
    }
    self.file = file
    self.format = format
    self.handle = handle
    // What zip compresses otherwise than by deflate, and more than that could, is refused with the rest.
    mostBytes = (format == .zip ? .gzip : compression).mostBytes(in: file)
    switch format {
    case .tar: archive_read_support_format_tar(handle)
    case .zip: archive_read_support_format_zip_seekable(handle)
    case .raw: archive_read_support_format_raw(handle)
    }
    let filter: Int32
    switch stream == nil ? compression : .none {
    case .none, .gzip: filter = ARCHIVE_FILTER_NONE
    case .xz:
      archive_read_support_filter_xz(handle)
      filter = ARCHIVE_FILTER_XZ
    case .bzip2:
      archive_read_support_filter_bzip2(handle)
      filter = ARCHIVE_FILTER_BZIP2
    }
    let result =
      if let input {
        archive_read_open(handle, Unmanaged.passUnretained(input).toOpaque(), nil, readInput, nil)
      } else {
        archive_read_open_fd(handle, file.descriptor, 1 << 16)
      }
    guard result == ARCHIVE_OK else { throw failure }
    // What libarchive does not take for compressed data, it would hand out as it is.
    guard archive_filter_code(handle, 0) == filter else {
      throw ArchiveError(
        .broken, file.path, "expected compressed data, found damaged data at its beginning; get the file again")
    }
  }

  deinit { archive_read_free(handle) }

  /// The archive, and the name of the entry in it.
  public var name: String { entryName.map { "\(file.path), \($0)" } ?? file.path }

  /// Goes to the next file in the archive, past folders and links; nil at the end, when all check sums were compared.
  ///
  /// The corresponding C function is `archive_read_next_header`.
  public func next() throws(ArchiveError) -> Entry? {
    while true {
      entryName = nil
      var header: OpaquePointer?
      let (result, name) = inUTF8Locale {
        let result = archive_read_next_header(handle, &header)
        guard header != nil, result == ARCHIVE_OK || result == ARCHIVE_WARN else { return (result, String?.none) }
        let name = archive_entry_pathname_utf8(header) ?? archive_entry_pathname(header)
        return (result, name.map { String(cString: $0) })
      }
      if result == ARCHIVE_EOF {
        // The last check sum comes after what a .tar calls its end.
        while let rest = input?.next(), !rest.isEmpty {}
        if let error = input?.error { throw error }
        return nil
      }
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw failure }
      let size = archive_entry_size_is_set(header) != 0 ? Int(archive_entry_size(header)) : nil
      if let size, size < 0 || size > mostBytes {
        throw ArchiveError(
          .broken, file.path,
          "expected files that it can hold, found \(name ?? "one") of \(size) bytes; get the file again")
      }
      guard archive_entry_filetype(header) == S_IFREG, archive_entry_hardlink(header) == nil else { continue }
      guard let name else {
        throw ArchiveError(.broken, file.path, "expected files with names, found one without; get the file again")
      }
      // A single file has no name of its own.
      entryName = format == .raw ? nil : name
      return Entry(name: name, size: size)
    }
  }

  /// The corresponding C function is `archive_read_data`.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    let count = archive_read_data(handle, buffer.baseAddress, buffer.count)
    guard count >= 0 else { throw failure }
    return count
  }

  /// Why the last call failed.
  ///
  /// The corresponding C function is `archive_error_string`.
  private var failure: ArchiveError {
    if let error = input?.error { return error }
    let reason = archive_error_string(handle).map { String(cString: $0) } ?? "no reason is known"
    return ArchiveError(
      .broken, name, "expected a whole archive, found one that is damaged or of another kind (\(reason)); get it again")
  }
}

/// What libarchive reads instead of the file: what was decompressed from it.
private final class ArchiveInput {
  private let stream: any ByteStream
  private let mostBytes: Int
  /// How many bytes have come.
  private var count = 0
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// What went wrong in between.
  private(set) var error: ArchiveError?

  init(_ stream: any ByteStream, mostBytes: Int) {
    self.stream = stream
    self.mostBytes = mostBytes
  }

  deinit { room.deallocate() }

  /// The next bytes; nil after an error, such as that there are more than there may be.
  func next() -> UnsafeRawBufferPointer? {
    do throws(ArchiveError) {
      let received = try stream.read(into: room)
      count += received
      guard count <= mostBytes else {
        throw ArchiveError(
          .tooLarge, stream.name, "expected at most \(mostBytes) bytes in a file of its size, found more; decompress it"
        )
      }
      return UnsafeRawBufferPointer(rebasing: room[..<received])
    } catch {
      self.error = error
      return nil
    }
  }
}

/// The corresponding C type is `archive_read_callback`.
private func readInput(
  _: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> la_ssize_t {
  guard let context, let bytes else { return -1 }
  guard let next = Unmanaged<ArchiveInput>.fromOpaque(context).takeUnretainedValue().next() else { return -1 }
  bytes.pointee = next.baseAddress
  return next.count
}

/// libarchive takes names apart by the locale of the thread; this lends it one that knows all characters.
///
/// The corresponding C functions are `newlocale` and `uselocale`.
private func inUTF8Locale<Result>(_ body: () -> Result) -> Result {
  guard let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else { return body() }
  let before = uselocale(locale)
  defer {
    uselocale(before)
    freelocale(locale)
  }
  return body()
}
