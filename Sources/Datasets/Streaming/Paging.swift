/// Brings the pixels of samples into memory as they are needed: the file has more of them than memory.
///
/// Used by one thread at a time.
protocol Paging: AnyObject {
  /// The samples there is room for in memory.
  var capacity: Int { get }

  /// Makes sure that the pixels of these samples are in memory, until the next call.
  ///
  /// - Parameters:
  ///   - indices: samples by their index in the split, in the order of the schedule.
  ///   - read: reads samples that follow each other to a place in memory, counted in samples.
  func prepare(_ indices: [Int], read: (_ samples: Range<Int>, _ place: Int) throws -> Void) throws

  /// Where in memory, counted in samples, a sample lies that was prepared.
  func place(of index: Int) -> Int
}
