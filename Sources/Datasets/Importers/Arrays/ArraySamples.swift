import Archives

/// Images in arrays of numbers, read one by one from where they are.
final class ArraySamples: SampleSource, @unchecked Sendable {
  /// Images one after the other, the same distance apart.
  struct Part: Sendable {
    let source: ByteSource
    /// Where the pixels of the first image begin.
    let start: Int
    /// From one image to the next, in bytes.
    let stride: Int
    /// The number of images.
    let count: Int
  }

  let labels: StoredSamples.Labels
  let imageShape: [Int]
  let storage: Split.Storage
  private let file: String
  private let object: String?
  private let format: NumberFormat
  private let isChannelsFirst: Bool
  private let parts: [Part]
  /// Of an array whose first axis changes fastest, its shape.
  private let fortranShape: [Int]?
  /// The numbers of an image as the file has them; one thread at a time.
  private let room: UnsafeMutableRawBufferPointer

  /// Images of bytes in several parts, such as CIFAR's files.
  init(file: String, parts: [Part], layout: ImageLayout, labels: StoredSamples.Labels) {
    self.file = file
    self.parts = parts
    self.labels = labels
    object = nil
    format = .uint8
    storage = .uint8
    imageShape = layout.imageShape
    isChannelsFirst = layout.isChannelsFirst
    fortranShape = nil
    room = .allocate(byteCount: layout.imageShape.reduce(1, *), alignment: 16)
  }

  /// The images of an array with their labels, as many.
  init(_ images: StoredArray, layout: ImageLayout, labels: StoredSamples.Labels) throws {
    guard images.count == labels.count else {
      throw images.error(
        expected: "an image for each of the \(labels.count) labels", found: "\(images.count) images",
        advice: "choose images and labels of the same samples")
    }
    let bytesPerImage = layout.imageShape.reduce(images.format.byteCount, *)
    file = images.file
    object = images.name
    format = images.format
    storage = images.format.storage
    imageShape = layout.imageShape
    isChannelsFirst = layout.isChannelsFirst
    fortranShape = images.isFortranOrder ? images.shape : nil
    // The numbers of an image are then all over the file.
    let source = images.isFortranOrder ? try images.source.inMemory() : images.source
    parts = [Part(source: source, start: 0, stride: bytesPerImage, count: images.count)]
    self.labels = labels
    room = .allocate(byteCount: bytesPerImage, alignment: 16)
  }

  deinit { room.deallocate() }

  func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    precondition(bytes.count == bytesPerImage, "room for \(bytes.count) of \(bytesPerImage) bytes")
    try read(index, into: storage == .uint8 && !isChannelsFirst ? bytes : room)
    let stored = UnsafeRawBufferPointer(room)
    let channels = imageShape[2]
    let pixels = imageShape[0] * imageShape[1]
    switch storage {
    case .uint8:
      let target = bytes.bindMemory(to: UInt8.self)
      if isChannelsFirst {
        moveChannelsLast(stored.bindMemory(to: UInt8.self), channels: channels, pixels: pixels, into: target)
      }
      // True is 1, although a file may have it as another byte.
      if format.kind == .bool { for place in target.indices { target[place] = min(target[place], 1) } }
    case .float32:
      let floats = bytes.bindMemory(to: Float.self)
      guard let start = floats.baseAddress else { return }
      if isChannelsFirst {
        let bytesPerPlane = pixels * format.byteCount
        for channel in 0..<channels {
          let plane = UnsafeRawBufferPointer(rebasing: stored[channel * bytesPerPlane..<(channel + 1) * bytesPerPlane])
          format.convert(plane, to: start + channel, step: channels)
        }
      } else {
        format.convert(stored, to: start)
      }
      guard let place = floats.firstIndex(where: { !$0.isFinite }) else { return }
      throw DatasetError(
        file: file, object: object, expected: "finite numbers that float32 can hold",
        found: "\(floats[place]) in sample \(index)",
        advice: "leave out the samples with missing pixels, or fill them in")
    }
  }

  /// Copies the numbers of an image as the file has them, with the last axis changing fastest.
  private func read(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    var index = index
    for part in parts {
      guard index >= part.count else {
        if let fortranShape { return try gather(index, of: fortranShape, from: part.source, into: bytes) }
        return try part.source.read(at: part.start + index * part.stride, into: bytes)
      }
      index -= part.count
    }
    preconditionFailure("there is no sample \(index)")
  }

  /// Collects the numbers of an image from an array `shape` whose first axis changes fastest.
  private func gather(
    _ index: Int, of shape: [Int], from source: ByteSource, into bytes: UnsafeMutableRawBufferPointer
  ) throws {
    let size = format.byteCount
    var strides: [Int] = []
    var stride = size
    for length in shape {
      strides.append(stride)
      stride *= length
    }
    var place = 0
    let last = shape.count - 1
    var indices = [Int](repeating: 0, count: shape.count)
    indices[0] = index
    while true {
      let start = zip(indices, strides).reduce(0) { $0 + $1.0 * $1.1 }
      for offset in 0..<shape[last] {
        let number = UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + size])
        try source.read(at: start + offset * strides[last], into: number)
        place += size
      }
      var axis = last - 1
      while axis > 0 {
        indices[axis] += 1
        if indices[axis] < shape[axis] { break }
        indices[axis] = 0
        axis -= 1
      }
      if axis <= 0 { return }
    }
  }
}
