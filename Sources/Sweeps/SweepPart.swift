import NeuralNetwork

/// The share of a sweep that one job of an array has: `2/5` takes every fifth trial, from the second.
public struct SweepPart: Sendable, Equatable, CustomStringConvertible {
  /// The number of the part, from 1.
  public let number: Int
  /// The number of parts.
  public let count: Int

  /// The whole sweep.
  public static let all = SweepPart(number: 1, count: 1)

  private init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// Reads `i/k`.
  ///
  /// - Throws: `ConfigurationError` if it is not one of 1/k to k/k.
  public init(_ text: String) throws(ConfigurationError) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], (1...100_000).contains(count),
      (1...count).contains(number)
    else {
      throw ConfigurationError(
        "expected a part such as 1/4 to 4/4, found '\(text)'", at: "part",
        advice: "in a job array of k jobs the i-th has i/k, counted from 1")
    }
    self.init(number: number, count: count)
  }

  /// Whether trial number `index`, from 0, is in the part.
  public func contains(_ index: Int) -> Bool { index % count == number - 1 }

  /// What the part's files are called by: `part-2-of-5`.
  public var name: String { "part-\(number)-of-\(count)" }

  /// As it is written, `2/5`.
  public var description: String { "\(number)/\(count)" }
}
