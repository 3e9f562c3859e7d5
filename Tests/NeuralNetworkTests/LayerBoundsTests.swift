import FoundationEssentials
import Testing

@testable import NeuralNetwork

/// Numbers at the ends of their ranges, in every place where a layer has one: a shape or an error, never the end of the
/// process.
@Suite struct LayerBoundsTests {
  private static let numbers: [ConfigurationValue] = [
    .int(0), .int(1), .int(-1), .int(Int(Int32.max)), .int(1 << 32), .int(.max), .int(.min), .double(1e308),
    .double(-1e308), .double(.leastNonzeroMagnitude), .double(.infinity), .double(.nan),
  ]

  @Test(arguments: LayerContractTests.examples) func everyNumberOfALayer(example: LayerExample) throws {
    let form = try JSONDecoder().decode(
      ConfigurationValue.self, from: JSONEncoder().encode(LayerForm(example.layer, isFrozen: false)))
    for place in 0..<form.numberCount {
      for number in Self.numbers {
        var place = place
        let model = ConfigurationValue.array([form.replacingNumber(at: &place, by: number)])
        do {
          let table = try model.decode(ModelDescription.self).parameterTable(for: example.input)
          #expect(table.parameterCount <= ParameterTable.maximumCount)
        } catch is ConfigurationError {
        } catch is ShapeError {
        }
      }
    }
  }
}

extension ConfigurationValue {
  /// How many numbers are in the value.
  fileprivate var numberCount: Int {
    switch self {
    case .int, .double: 1
    case .array(let values): values.reduce(0) { $0 + $1.numberCount }
    case .mapping(let mapping): mapping.values.reduce(0) { $0 + $1.numberCount }
    case .null, .bool, .string: 0
    }
  }

  /// The same with another number in one place, counted in the order of keys; `place` is below 0 once it was met.
  fileprivate func replacingNumber(at place: inout Int, by number: ConfigurationValue) -> ConfigurationValue {
    switch self {
    case .int, .double:
      place -= 1
      return place == -1 ? number : self
    case .array(let values):
      return .array(values.map { $0.replacingNumber(at: &place, by: number) })
    case .mapping(let mapping):
      var result = mapping
      for (key, value) in mapping.sorted(by: { $0.key < $1.key }) {
        result[key] = value.replacingNumber(at: &place, by: number)
      }
      return .mapping(result)
    case .null, .bool, .string:
      return self
    }
  }
}
