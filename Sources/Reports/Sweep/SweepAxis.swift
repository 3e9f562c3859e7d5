import NeuralNetwork
import Numerics

/// A setting that was varied, as a report shows it.
public struct SweepAxis: Sendable {
  /// The path of the setting.
  public let setting: String
  /// Its values in order, as texts; of a sampled range the two ends.
  public let values: [String]
  /// The values as they stand at an axis.
  public let labels: [String]
  /// How the values follow each other.
  public let scale: SweepDescription.Axis.Scale
  /// How many values there are, or between which ends they were drawn.
  public let extent: String
  private let places: [String: Int]

  /// The axis of a description.
  public init(_ axis: SweepDescription.Axis) {
    setting = axis.setting
    title = Self.title(of: axis.setting)
    scale = axis.scale
    values = axis.values.map(\.text)
    places = Dictionary(values.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let numbers = axis.values.compactMap(\.number)
    labels =
      numbers.count == values.count
      ? NumberLabel.labels(numbers, inPowers: scale == .logarithmic) : values.map(Self.short)
    extent = axis.isRange ? "\(labels.first ?? "") to \(labels.last ?? "")" : "\(values.count)"
  }

  /// What is written beside it: the documents' letters where they have one, or else the last word of its path.
  public internal(set) var title: String

  /// The axes of a sweep; two that would have the same title have their whole paths.
  static func axes(of descriptions: [SweepDescription.Axis]) -> [SweepAxis] {
    let axes = descriptions.map(SweepAxis.init)
    return axes.map { axis in
      var axis = axis
      if axes.count(where: { $0.title == axis.title }) > 1 { axis.title = Text.visible(axis.setting) }
      return axis
    }
  }

  private static func title(of setting: String) -> String {
    switch setting {
    case "optimizer.learning_rate": return "learning rate η"
    case "l2": return "L2 λ"
    case "optimizer.name": return "optimizer"
    default:
      let last = setting.unicodeScalars.split(separator: ".").last.map(String.init) ?? setting
      return Text.visible(last.unicodeScalars.reduce(into: "") { $0 += $1 == "_" ? " " : String($1) })
    }
  }

  /// The place of a value among the axis' values, from 0.
  public func index(of value: ConfigurationValue?) -> Int? { value.flatMap { places[$0.text] } }

  /// A value as it stands at an axis.
  public func label(of value: ConfigurationValue?) -> String {
    guard let value else { return "" }
    if let index = places[value.text] { return labels[index] }
    return value.number.map { NumberLabel.text($0, digits: 3) } ?? Self.short(value.text)
  }

  /// Where a value is along the axis: the number itself, or the place in the list.
  public func position(of value: ConfigurationValue?) -> Double? {
    scale == .listed ? index(of: value).map(Double.init) : value?.number
  }

  private static func short(_ text: String) -> String { Text.visible(text).clipped(to: 24) }
}

extension ConfigurationValue {
  /// The value as one line, the same for equal numbers however they were written.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int, .double: number.map { CSV.field($0) } ?? ""
    case .string(let value): value
    case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .mapping(let values):
      "{" + values.sorted { $0.key < $1.key }.map { "\($0): \($1.text)" }.joined(separator: ", ") + "}"
    }
  }

  /// The value if it is a number.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
