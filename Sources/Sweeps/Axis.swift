import Glibc
import NeuralNetwork
import Numerics
import Reports
import Training

/// A setting that a sweep varies, and what it is set to.
///
/// Written as `setting=values`, where the values are
///
///     0,0.5,0.9            a list
///     1e-5:10:log7         seven numbers from 1e-5 to 10 by equal factors (`numpy.logspace`)
///     0:0.5:lin6           six numbers from 0 to 0.5 by equal differences (`numpy.linspace`)
///     1e-5:10:log          a range to draw from at random; likewise lin
///     [relu, tanh]         a list of whatever YAML can say, also of mappings
public struct Axis: Codable, Sendable, Equatable {
  /// The path of the setting, `optimizer.learning_rate`.
  public let setting: String
  /// What it is set to.
  public let values: Values

  /// What users type: the flag without its dashes where it takes several values, else the path, as `--axis` has it.
  var label: String { Self.label(of: setting) }

  /// The same of a path.
  static func label(of setting: String) -> String {
    switch setting {
    case "optimizer.learning_rate": "learning-rate"
    case "batch_size": "batch-size"
    default: setting
    }
  }

  /// The values of an axis.
  public enum Values: Codable, Sendable, Equatable {
    /// One after the other; numbers of a range know how they were spaced.
    case listed([ConfigurationValue], SweepDescription.Axis.Scale)
    /// Drawn between two numbers, both included.
    case range(from: Double, to: Double, isLogarithmic: Bool)
  }

  /// The most values of one axis.
  static let maximumCount = 1_000_000

  /// Reads `setting=values`.
  ///
  /// - Throws: `ConfigurationError` that names the axis and says how it is written.
  public init(_ text: String) throws(ConfigurationError) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw ConfigurationError(
        "expected setting=values, found '\(text)'", at: "axis", advice: "for instance optimizer.momentum=0,0.5,0.9")
    }
    try self.init(setting: String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  /// Reads the values of a setting.
  ///
  /// - Throws: `ConfigurationError` that names the axis and says how it is written.
  public init(setting: String, _ text: String) throws(ConfigurationError) {
    let setting = setting.trimmingSpaces()
    if setting == "seed" {
      throw ConfigurationError("the seed is no axis", at: "axis seed", advice: "use --repeats for several seeds")
    }
    self.setting = setting
    let text = text.trimmingSpaces()
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmingSpaces() }
    if text.hasPrefix("[") {
      guard case .array(let values) = ConfigurationTree.value(text) else {
        throw ConfigurationError("expected a list, found '\(text)'", at: "axis \(setting)", advice: "close it with ]")
      }
      self.values = try Self.list(values, setting)
    } else if parts.count == 3, let from = Self.number(parts[0]), let to = Self.number(parts[1]) {
      values = try Self.range(from, to, parts[2], setting)
    } else if parts.count == 1 || Self.number(parts[0]) == nil {
      let items = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmingSpaces() }
      guard !items.contains("") else {
        throw ConfigurationError(
          "expected values, found '\(text)'", at: "axis \(setting)",
          advice: "write them with commas between them, or as 1e-5:10:log7")
      }
      values = try Self.list(items.map { ConfigurationTree.value($0) }, setting)
    } else {
      throw Self.wrongRange(text, setting)
    }
  }

  /// An axis of these values.
  ///
  /// - Throws: `ConfigurationError` if there is none, or one is there twice.
  public init(setting: String, listed values: [ConfigurationValue]) throws(ConfigurationError) {
    self.setting = setting
    self.values = try Self.list(values, setting)
  }

  /// A number as a range has it, also a fraction.
  private static func number(_ text: String) -> Double? { Double(text) ?? Double(fraction: text) }

  private static func list(_ values: [ConfigurationValue], _ setting: String) throws(ConfigurationError) -> Values {
    let values = values.map(\.readingFraction)
    guard !values.isEmpty else {
      throw ConfigurationError("expected values, found none", at: "axis \(setting)", advice: "name at least one")
    }
    for (index, value) in values.enumerated() where values[..<index].contains(value) {
      throw ConfigurationError("\(value) is there twice", at: "axis \(setting)", advice: "leave out one of them")
    }
    return .listed(values, .listed)
  }

  private static func range(
    _ from: Double, _ to: Double, _ form: String, _ setting: String
  ) throws(ConfigurationError) -> Values {
    let place = "axis \(setting)"
    let isLogarithmic = form.hasPrefix("log")
    guard isLogarithmic || form.hasPrefix("lin") else { throw wrongRange("\(from):\(to):\(form)", setting) }
    guard from.isFinite, to.isFinite, from < to else {
      throw ConfigurationError(
        from == to ? "the range from \(from) to \(to) is empty" : "the range from \(from) to \(to) is reversed",
        at: place, advice: "write the smaller number first")
    }
    if isLogarithmic, from <= 0 {
      throw ConfigurationError(
        "a logarithmic range begins above 0, found \(from)", at: place,
        advice: "begin at a small number such as 1e-6, or name the values: 0,1e-4,1e-3")
    }
    let digits = form.dropFirst(3)
    if digits.isEmpty { return .range(from: from, to: to, isLogarithmic: isLogarithmic) }
    guard let count = Int(digits), (2...maximumCount).contains(count) else {
      throw ConfigurationError(
        "expected 2 to \(Text.grouped(maximumCount)) values, found '\(digits)'", at: place,
        advice: "write for instance \(from):\(to):\(isLogarithmic ? "log" : "lin")7")
    }
    let values = (0..<count).map { index -> ConfigurationValue in
      if index == 0 { return number(from) }
      if index == count - 1 { return number(to) }
      return number(interpolated(Double(index) / Double(count - 1), from, to, isLogarithmic: isLogarithmic))
    }
    return .listed(values, isLogarithmic ? .logarithmic : .linear)
  }

  /// The number at a share of the way, to 12 significant digits: 0.001, not 0.0010000000000000002.
  static func interpolated(_ share: Double, _ from: Double, _ to: Double, isLogarithmic: Bool) -> Double {
    let value =
      isLogarithmic
      ? pow(10, log10(from) + share * (log10(to) - log10(from)))
      : (to - from).isFinite ? from + share * (to - from) : from * (1 - share) + to * share
    guard value != 0 else { return 0 }
    guard value.isFinite else { return min(max(value, from), to) }
    let exponent = 11 - Int(log10(value.magnitude).rounded(.down))
    let scale = pow(10, Double(exponent.magnitude))
    let rounded = exponent >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
    return rounded.isFinite ? min(max(rounded, from), to) : value
  }

  /// A whole number as one: settings such as `epochs` take no other.
  static func number(_ value: Double) -> ConfigurationValue {
    Int(exactly: value).map { .int($0) } ?? .double(value)
  }

  private static func wrongRange(_ text: String, _ setting: String) -> ConfigurationError {
    ConfigurationError(
      "expected values or a range, found '\(text)'", at: "axis \(setting)",
      advice: "write 0.1,0.2 or 1e-5:10:log7 or 0:1:lin11")
  }

  /// The axis as `sweep.json` has it.
  var description: SweepDescription.Axis {
    switch values {
    case .listed(let values, let scale): SweepDescription.Axis(setting: setting, values: values, scale: scale)
    case .range(let from, let to, let isLogarithmic):
      SweepDescription.Axis(
        setting: setting, values: [Self.number(from), Self.number(to)], scale: isLogarithmic ? .logarithmic : .linear,
        isRange: true)
    }
  }

  /// The axis that `sweep.json` describes.
  init(_ description: SweepDescription.Axis) {
    setting = description.setting
    values =
      if description.isRange, let from = description.values.first?.number, let to = description.values.last?.number {
        .range(from: from, to: to, isLogarithmic: description.scale == .logarithmic)
      } else {
        .listed(description.values, description.scale)
      }
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension ConfigurationValue {
  /// The value as a number; nil if it is none.
  fileprivate var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
