import ArgumentParser
import NeuralNetwork

/// A number, also a fraction, or the values that a sweep is to try: `0.1,0.2` or `1e-5:10:log7`.
enum NumberOrRange<Number: LosslessStringConvertible & Sendable>: ExpressibleByArgument, Sendable {
  case number(Number)
  case range(String)

  init?(argument: String) {
    if let number = Number(argument) {
      self = .number(number)
    } else if argument.contains("/"), let number = Double(fraction: argument) as? Number {
      self = .number(number)
    } else if argument.contains(",") || argument.contains(":") {
      self = .range(argument)
    } else {
      return nil
    }
  }

  /// The number; nil if there are several.
  var number: Number? { if case .number(let number) = self { number } else { nil } }

  /// The values to try; nil if it is one number.
  var range: String? { if case .range(let text) = self { text } else { nil } }
}
