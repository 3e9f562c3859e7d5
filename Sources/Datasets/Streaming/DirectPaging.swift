/// Reads the samples of each batch from the file when they are asked for, neighbours together.
///
/// For orders that jump about in the whole split, and for a single pass in stored order.
final class DirectPaging: Paging {
  let capacity: Int
  private var places: [Int: Int] = [:]

  /// Room for batches of so many samples.
  init(largestBatch: Int) {
    capacity = largestBatch
    places.reserveCapacity(largestBatch)
  }

  func prepare(_ indices: [Int], read: (Range<Int>, Int) throws -> Void) throws {
    precondition(indices.count <= capacity, "a batch of \(indices.count) samples where \(capacity) were the most")
    places.removeAll(keepingCapacity: true)
    var start = 0
    for place in indices.indices {
      places[indices[place]] = place
      guard place + 1 == indices.count || indices[place + 1] != indices[place] + 1 else { continue }
      try read(indices[start]..<indices[place] + 1, start)
      start = place + 1
    }
  }

  func place(of index: Int) -> Int {
    guard let place = places[index] else { preconditionFailure("sample \(index) was not prepared") }
    return place
  }
}
