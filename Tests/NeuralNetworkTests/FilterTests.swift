import Foundation
import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

/// Kernels and paddings against SciPy's filters: Golden/make_filters.py.
///
/// The picture has whole numbers up to 255: sums of 25 of them, weighted, are within 1e-4 of those in double precision.
@Suite struct FilterTests {
  struct Golden: Decodable {
    let image: [[Float]]
    let kernel: [[Float]]
    let filters: [String: [[Float]]]
    let cases: [String: [[Float]]]
  }

  static let golden = try? JSONDecoder().decode(
    Golden.self,
    from: Data(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/filters.json")))

  private func matrix(_ rows: [[Float]]?) throws -> Matrix {
    let rows = try #require(rows)
    return Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
  }

  private func expect(_ found: Matrix, _ rows: [[Float]]?, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let expected = try matrix(rows)
    #expect(found.rows == expected.rows && found.columns == expected.columns, sourceLocation: sourceLocation)
    for (found, expected) in zip(found.values, expected.values) {
      #expect(abs(found - expected) < 1e-4 * max(1, abs(expected)), sourceLocation: sourceLocation)
    }
  }

  private func filter(_ kernel: Matrix, padding: Padding, mode: PaddingMode = .zeros) throws -> Matrix {
    let image = try matrix(Self.golden?.image)
    var layer = Conv2D(filters: 1, kernelSize: (kernel.rows, kernel.columns), padding: padding, useBias: false)
    layer.settings.paddingMode = mode
    let network = try FilterNetwork([layer], kernel: kernel, rows: image.rows, columns: image.columns, on: Engine())
    return try network(image)
  }

  @Test(arguments: FilterKernels.all.map(\.name)) func namedKernels(name: String) throws {
    let kernel = try FilterKernels.kernel(named: name)
    try expect(filter(kernel.matrix, padding: .same, mode: .nearest), Self.golden?.filters[name])
  }

  @Test func everyNameIsChecked() {
    #expect(Self.golden.map { Set($0.filters.keys) } == Set(FilterKernels.all.map(\.name)))
  }

  @Test func paddings() throws {
    let kernel = try matrix(Self.golden?.kernel)
    let cases = try #require(Self.golden?.cases)
    try expect(filter(kernel, padding: .valid), cases["valid"])
    try expect(filter(kernel, padding: .full), cases["full"])
    try expect(filter(kernel.flipped, padding: .full), cases["full flipped"])
    try expect(filter(kernel, padding: .explicit([2, 5]), mode: .constant(10)), cases["constant 10"])
    // Windows that do not touch the picture at all.
    try expect(filter(kernel, padding: .explicit([6, 9])), cases["far padding"])
  }

  @Test func unknownName() throws {
    let error = try #require(throws: ConfigurationError.self) { try FilterKernels.kernel(named: "sharpn") }
    #expect(error.description.contains("unknown kernel 'sharpn'; did you mean 'sharpen'? known: identity, blur, "))
  }

  @Test func severalPicturesThroughOneNetwork() throws {
    let network = try FilterNetwork(
      [ActivationLayer(.relu), MaxPooling2D()], rows: 2, columns: 4, on: Engine())
    #expect(try network(Matrix(rows: 2, columns: 4, values: [1, 2, 3, 4, 5, 6, 7, 8])).values == [6, 8])
    #expect(try network(Matrix(rows: 2, columns: 4, values: [-1, -2, 3, -4, -5, -6, -7, 2])).values == [0, 3])
  }
}
