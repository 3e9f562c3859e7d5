import HDF5
import Testing

@Suite struct DatasetTests {
  /// Writes and reads back values of one type, in one piece and in chunks.
  private func roundTrip<T: Element & Equatable>(_ values: [T]) throws {
    let bytes = try image { file in
      try file.write(values, shape: [values.count], to: "/whole")
      try file.write(values, shape: [1, values.count], to: "/deep/chunked", chunks: [1, 2])
    }
    let file = try File(image: bytes, name: "image")
    for path in ["/whole", "/deep/chunked"] {
      let dataset = try file.dataset(at: path)
      #expect(try dataset.values(as: T.self) == values)
      #expect(dataset.elementType == T.elementType)
      #expect(dataset.elementCount == values.count)
    }
    #expect(try file.dataset(at: "/whole").chunkShape == nil)
    #expect(try file.dataset(at: "/deep/chunked").chunkShape == [1, 2])
  }

  @Test func everyElementTypeRoundTrips() throws {
    func integers<T: FixedWidthInteger & Element>(_: T.Type) throws { try roundTrip([T.min, 0, 1, 100, T.max]) }
    try integers(UInt8.self)
    try integers(UInt16.self)
    try integers(UInt32.self)
    try integers(UInt64.self)
    try integers(Int8.self)
    try integers(Int16.self)
    try integers(Int32.self)
    try integers(Int64.self)
    try roundTrip([-Float.infinity, 0, .leastNonzeroMagnitude, 1.5, .greatestFiniteMagnitude])
    try roundTrip([-Double.infinity, 0, .leastNonzeroMagnitude, 1.5, .greatestFiniteMagnitude])
  }

  @Test func scalarsAndEmptyArrays() throws {
    let file = try File(
      image: image { file in
        try file.write([Int32(-5)], shape: [], to: "/scalar")
        try file.write([Float](), shape: [0, 3], to: "/empty")
      }, name: "image")
    let scalar = try file.dataset(at: "/scalar")
    #expect(scalar.shape == [])
    #expect(try scalar.values() == [Int32(-5)])
    let empty = try file.dataset(at: "/empty")
    #expect(empty.shape == [0, 3])
    #expect(try empty.values() == [Float]())
    #expect(try empty.values(rows: 0..<0) == [Float]())
    expectError(.mismatch, "read dataset /scalar", "single value") {
      _ = try scalar.values(rows: 0..<1, as: Int32.self)
    }
  }

  @Test func numbersAreConverted() throws {
    let file = try File(opening: fixture("layouts.h5"))
    let expected = Array(Int32(0)..<60)
    for path in ["/big_endian", "/compressed", "/half", "/group/inner", "/soft"] {
      #expect(try file.dataset(at: path).values() == expected, "\(path)")
      #expect(try file.dataset(at: path).values() == expected.map { Double($0) }, "\(path)")
    }
    let half = try file.dataset(at: "/half")
    #expect(half.elementType == ElementType(kind: .float, byteCount: 2))
    #expect(half.elementType.description == "float16")
    #expect(try file.dataset(at: "/compressed").chunkShape == [4, 5])
  }

  /// A million zeros fit a thousand bytes; that much is not refused.
  @Test func wellCompressedDataIsRead() throws {
    let zeros = try File(opening: fixture("layouts.h5")).dataset(at: "/zeros")
    #expect(try zeros.values(rows: 10..<12) == [UInt8](repeating: 0, count: 2_000))
  }

  @Test(arguments: [nil, [1, 1, 1], [7, 2, 3], [50, 4, 3]]) func rowsEqualThoseOfTheWhole(chunks: [Int]?) throws {
    var generator = SystemRandomNumberGenerator()
    let shape = [50, 4, 3]
    let values = (0..<600).map { Int32($0) }
    let file = try File(image: image { try $0.write(values, shape: shape, to: "/x", chunks: chunks) }, name: "image")
    let dataset = try file.dataset(at: "/x")
    for _ in 0..<100 {
      let first = Int.random(in: 0...50, using: &generator)
      let end = Int.random(in: first...50, using: &generator)
      #expect(try dataset.values(rows: first..<end) == Array(values[first * 12..<end * 12]))
    }
  }

  @Test func boundsAndTypesAreChecked() throws {
    let file = try File(
      image: image { try $0.write([Float](repeating: 1, count: 6), shape: [2, 3], to: "/x") }, name: "image")
    let dataset = try file.dataset(at: "/x")
    expectError(.mismatch, "image", "/x", "1..<3", "has 2") { _ = try dataset.values(rows: 1..<3, as: Float.self) }
    expectError(.mismatch, "-1..<1") { _ = try dataset.values(rows: -1..<1, as: Float.self) }
    expectError(.mismatch, "has 2") { _ = try dataset.values(rows: 0..<Int.max, as: Float.self) }
    var room = [Float](repeating: 0, count: 5)
    expectError(.mismatch, "room for 5 elements, but there are 6") {
      try room.withUnsafeMutableBufferPointer { try dataset.read(into: $0) }
    }
    expectError(.mismatch, "room for 5 elements, but there are 3") {
      try room.withUnsafeMutableBufferPointer { try dataset.read(rows: 0..<1, into: $0) }
    }
  }

  /// h5py writes them as an enumeration.
  @Test func truthIsReadAsNumbers() throws {
    let truth = try File(opening: fixture("layouts.h5")).dataset(at: "/truth")
    #expect(truth.elementType.kind == .boolean)
    #expect(truth.elementType.description == "bool")
    let expected: [UInt8] = (0..<60).map { $0 > 7 ? 1 : 0 }
    #expect(try truth.values() == expected)
    #expect(try truth.values(rows: 0..<2) == expected.prefix(10).map { Float($0) })
  }

  @Test func dataOutsideTheFileIsRefused() throws {
    let path = fixture("hostile.h5")
    let file = try File(opening: path)
    func expectRefusal(_ dataset: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) {
      expectError(.refused, path, "open dataset \(dataset)", words, sourceLocation: sourceLocation) {
        _ = try file.dataset(at: dataset)
      }
    }
    expectRefusal("/virtual", "virtual dataset")
    expectRefusal("/outside", "external file")
    expectRefusal("/lzf", "filter 32000")
    #expect(try file.dataset(at: "/inner").values() == Array(Int16(0)..<60))
  }

  /// A header may promise any amount of data; nobody should allocate it.
  @Test func shapesThatTheFileCannotFillAreRefused() throws {
    let file = try File(opening: fixture("hostile.h5"))
    for (path, words) in [("/huge", "holds 0"), ("/huge_chunked", "only 0 of its"), ("/overflow", "too large")] {
      expectError(.refused, "open dataset \(path)", words) { _ = try file.dataset(at: path) }
    }
  }

  /// What was never written would be read as zeros.
  @Test func chunksThatWereNotWrittenAreNotRead() throws {
    let file = try File(opening: fixture("partial.h5"))
    for path in ["/plain", "/compressed"] {
      expectError(.refused, "open dataset \(path)", "only 2 of its 3 chunks were written") {
        _ = try file.dataset(at: path)
      }
    }
    #expect(try file.dataset(at: "/shuffled").values() == Array(Int16(0)..<60))
  }

  @Test func severalThreadsMayRead() async throws {
    let file = try File(image: image { try $0.write(Array(Int32(0)..<1_000), shape: [1_000], to: "/x") }, name: "image")
    let dataset = SharedDataset(try file.dataset(at: "/x"))
    await withTaskGroup { group in
      for start in 0..<8 {
        group.addTask {
          for row in start..<start + 200 {
            #expect((try? dataset.dataset.values(rows: row..<row + 1)) == [Int32(row)])
            expectError(.mismatch, "has 1000") { _ = try dataset.dataset.values(rows: row..<2_000, as: Int32.self) }
          }
        }
      }
    }
  }

  /// Lets tasks share a dataset, which itself cannot be copied.
  private final class SharedDataset: Sendable {
    let dataset: Dataset
    init(_ dataset: consuming Dataset) { self.dataset = dataset }
  }
}
