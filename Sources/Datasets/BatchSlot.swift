/// The memory of one batch.
final class BatchSlot {
  private let elementsPerImage: Int
  private let valuesPerSample: Int
  private let capacity: Int
  private let images: UnsafeMutableBufferPointer<Float>
  private let labels: UnsafeMutableBufferPointer<Int32>
  private let values: UnsafeMutableBufferPointer<Float>
  private let indices: UnsafeMutableBufferPointer<Int>
  private var count = 0

  init(capacity: Int, for samples: StoredSamples) {
    self.capacity = capacity
    elementsPerImage = samples.elementsPerImage
    images = .allocate(capacity: capacity * elementsPerImage)
    indices = .allocate(capacity: capacity)
    switch samples.labels {
    case .classes:
      valuesPerSample = 0
      labels = .allocate(capacity: capacity)
      values = .allocate(capacity: 0)
    case .values(_, let width):
      valuesPerSample = width
      labels = .allocate(capacity: 0)
      values = .allocate(capacity: capacity * width)
    }
  }

  deinit {
    images.deallocate()
    labels.deallocate()
    values.deallocate()
    indices.deallocate()
  }

  /// Copies the samples of these indices, their images as the transformer shows them in this epoch.
  func fill(with batch: [Int], from samples: StoredSamples, _ transformer: ImageTransformer?, epoch: Int) {
    precondition(batch.count <= capacity, "a batch of \(batch.count) samples where \(capacity) were the most")
    count = batch.count
    for (place, index) in batch.enumerated() {
      indices[place] = index
      let start = place * elementsPerImage
      let image = UnsafeMutableBufferPointer(rebasing: images[start..<start + elementsPerImage])
      if let transformer {
        transformer.copyImage(index, of: samples, epoch: epoch, into: image)
      } else {
        var pixels = image.mutableSpan
        samples.copyImage(index, into: &pixels)
      }
      if valuesPerSample == 0 {
        labels[place] = samples.classLabel(index)
      } else {
        let start = place * valuesPerSample
        let value = UnsafeMutableBufferPointer(rebasing: values[start..<start + valuesPerSample])
        var numbers = value.mutableSpan
        samples.copyValues(index, into: &numbers)
      }
    }
  }

  var batch: Batch {
    Batch(
      count: count, images: UnsafeBufferPointer(rebasing: images[0..<count * elementsPerImage]),
      labels: UnsafeBufferPointer(rebasing: labels[0..<(valuesPerSample == 0 ? count : 0)]),
      values: UnsafeBufferPointer(rebasing: values[0..<count * valuesPerSample]),
      indices: UnsafeBufferPointer(rebasing: indices[0..<count]))
  }
}
