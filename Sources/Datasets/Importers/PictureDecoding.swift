import Numerics
import Pictures
import Synchronization

/// Decodes the pictures of a folder on several threads, into a file without a name.
///
/// What comes out, and which error, does not depend on the threads: pictures are begun in their order, and the error is
/// that of the first.
final class PictureDecoding: Sendable {
  private let files: [PictureFolder.File]
  private let options: ImportOptions
  /// The size of all pictures, `[H, W, C]`.
  let imageShape: [Int]
  /// The file that has decided the size; nil if the user has.
  private let firstFile: String?
  /// The pixels of the file of each index.
  let spool: SpoolFile
  private let state: Mutex<State>

  /// What the threads share.
  private struct State {
    var next = 0
    var finished = 0
    var results: [Result]
    /// The error that ends the import, of the first picture that has one.
    var failure: (index: Int, error: any Error)?
  }

  /// What has become of a file.
  enum Result {
    /// It has not been looked at.
    case waiting
    /// Its pixels are in the spool; of 16 bits a value they were deep, of which the upper 8 are left.
    case decoded(wasDeep: Bool)
    /// It is something else, such as a text.
    case noPicture
    /// It is a picture that is left out.
    case broken(PictureError)
  }

  /// Prepares to decode; without a size among the options, the first picture is decoded for its size.
  ///
  /// - Throws: `DatasetError` if there is no picture; `PictureError` of a broken one if the options are strict;
  ///   `FileWriteError` if there is no room for the spool.
  init(_ files: [PictureFolder.File], options: ImportOptions, source: String) throws {
    self.files = files
    self.options = options
    var results = [Result](repeating: .waiting, count: files.count)
    var size = options.size
    var firstFile: String?
    for index in files.indices where size == nil {
      switch try Self.decode(files[index], options) {
      case .picture(let picture, _):
        size = (picture.height, picture.width)
        firstFile = files[index].name
      case .other: results[index] = .noPicture
      case .broken(let error): results[index] = .broken(error)
      }
    }
    guard let size else {
      throw DatasetError(
        file: source, object: nil, expected: "pictures (\(Picture.formats)) in class folders",
        found: "none that can be read among \(files.count) files",
        advice: "put them into one folder per class: \(source)/cats/1.jpg")
    }
    imageShape = [size.height, size.width, options.grey ? 1 : 3]
    self.firstFile = firstFile
    spool = try SpoolFile(in: options.temporaryFolder, bytesPerImage: imageShape.reduce(1, *))
    state = Mutex(State(results: results))
  }

  /// Decodes all, and returns what has become of each file; called once.
  ///
  /// The calling thread takes part, so that it can tell how far they have come.
  func run(progress: (_ done: Int, _ total: Int) -> Void) throws -> [Result] {
    // No machine has more cores, and every thread takes memory for a picture.
    let count = max(1, min(options.threads ?? ProcessorCores.available, files.count, 1024))
    // If the system allows fewer, they have to do.
    let threads = (1..<count).compactMap { _ in
      try? SystemThread("cnn-dist decoder") { [self] in while decodeNext() {} }
    }
    while decodeNext() { progress(state.withLock { $0.finished }, files.count) }
    for thread in threads { thread.join() }
    let (results, failure) = state.withLock { ($0.results, $0.failure) }
    if let failure { throw failure.error }
    progress(files.count, files.count)
    return results
  }

  /// Decodes the next file that waits; false if there is none, or if the import has failed.
  private func decodeNext() -> Bool {
    let next = state.withLock { state -> Int? in
      guard state.failure == nil else { return nil }
      while state.next < files.count {
        defer { state.next += 1 }
        if case .waiting = state.results[state.next] { return state.next }
        state.finished += 1
      }
      return nil
    }
    guard let index = next else { return false }
    do {
      let result = try decode(index)
      state.withLock { state in
        state.results[index] = result
        state.finished += 1
      }
    } catch {
      state.withLock { state in
        if index < state.failure?.index ?? .max { state.failure = (index, error) }
      }
    }
    return true
  }

  private func decode(_ index: Int) throws -> Result {
    let file = files[index]
    switch try Self.decode(file, options) {
    case .picture(let picture, let isDeep):
      try check(picture, file)
      try spool.write(picture.pixels, at: index)
      return .decoded(wasDeep: isDeep)
    case .other: return .noPicture
    case .broken(let error): return .broken(error)
    }
  }

  private enum Content {
    /// A picture as the options want it, and whether the file has 16 bits a value.
    case picture(Picture, isDeep: Bool)
    /// Something else by content and by name.
    case other
    case broken(PictureError)
  }

  /// Reads a file.
  ///
  /// - Throws: the error of a broken picture if the options are strict.
  private static func decode(_ file: PictureFolder.File, _ options: ImportOptions) throws(PictureError) -> Content {
    do {
      let bytes = try Picture.bytes(ofFile: file.path, named: file.name)
      if !Picture.isPicture(bytes) && !isNamedAsPicture(file.path) { return .other }
      return .picture(
        try Picture(decoding: bytes, named: file.name, size: options.size, fit: options.fit, grey: options.grey),
        isDeep: Picture.isDeep(bytes))
    } catch {
      if options.strict { throw error }
      return .broken(error)
    }
  }

  private static let pictureNames = [
    ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".avif", ".jp2", ".pgm", ".ppm",
  ]

  /// Whether the name ends as that of a picture does, of a format that is decoded or of another: such a file is missed
  /// if it is left out.
  private static func isNamedAsPicture(_ path: [CChar]) -> Bool {
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
    return pictureNames.contains { name.hasSuffix($0) }
  }

  private func check(_ picture: Picture, _ file: PictureFolder.File) throws {
    guard let firstFile, [picture.height, picture.width] != Array(imageShape.prefix(2)) else { return }
    throw DatasetError(
      file: file.name, object: nil,
      expected: "\(imageShape[0])x\(imageShape[1]) pixels (height x width), as \(firstFile)",
      found: "\(picture.height)x\(picture.width)",
      advice: "bring all to one size, such as --size \(imageShape[0])x\(imageShape[1]); --fit says how")
  }
}
