import NeuralNetwork
import Numerics

/// The points of a sweep: values for its axes.
public struct Grid: Sendable {
  /// How points are chosen.
  public enum Sampling: Codable, Sendable, Equatable {
    /// Every combination of values, the last axis running fastest.
    case all
    /// So many points at random; the first of more points are the same.
    case random(Int)
    /// So many points of which every axis sees each of as many equal parts once (McKay, Beckman and Conover, 1979).
    case latinHypercube(Int)

    /// Whether points are drawn as a Latin hypercube.
    var isLatinHypercube: Bool { if case .latinHypercube = self { true } else { false } }

    /// The number of points that are drawn; nil where all are taken.
    public var count: Int? {
      switch self {
      case .all: nil
      case .random(let count), .latinHypercube(let count): count
      }
    }
  }

  /// The axes.
  public let axes: [Axis]
  /// How points are chosen.
  public let sampling: Sampling
  let seed: UInt64
  /// For each axis the part that each point of a Latin hypercube is in.
  private var strata: [[Int]] = []

  /// A grid over `axes`.
  ///
  /// - Parameter seed: what drawn points follow.
  /// - Throws: `ConfigurationError` if an axis is there twice, or a range needs a number of values.
  public init(_ axes: [Axis], _ sampling: Sampling, seed: UInt64) throws(ConfigurationError) {
    for (index, axis) in axes.enumerated() where axes[..<index].contains(where: { $0.setting == axis.setting }) {
      throw ConfigurationError(
        "the axis is there twice", at: "axis \(axis.setting)", advice: "leave out one of them, or join their values")
    }
    if sampling == .all, let axis = axes.first(where: { if case .range = $0.values { true } else { false } }) {
      throw ConfigurationError(
        "a range without a number of values", at: "axis \(axis.setting)",
        advice: "write log7 or lin7 for seven of them, or draw points with --random 50")
    }
    if let count = sampling.count, !(1...Axis.maximumCount).contains(count) {
      throw ConfigurationError(
        "expected 1 to \(Text.grouped(Axis.maximumCount)) points, found \(count)",
        at: sampling.isLatinHypercube ? "latin_hypercube" : "random")
    }
    self.axes = axes
    self.sampling = sampling
    self.seed = seed
    guard case .latinHypercube(let count) = sampling else { return }
    strata = axes.indices.map { axis in
      var parts = Array(0..<count)
      var stream = RandomStream(seed: seed, purpose: .sampling, UInt32(truncatingIfNeeded: axis), .max)
      stream.shuffle(&parts)
      return parts
    }
  }

  /// The number of points; the largest integer if it is larger.
  public var count: Int {
    if let count = sampling.count { return count }
    return axes.reduce(1) { product, axis in
      guard case .listed(let values, _) = axis.values else { return product }
      let (result, overflow) = product.multipliedReportingOverflow(by: values.count)
      return overflow ? .max : result
    }
  }

  /// The values of the axes at point number `index`, from 0.
  public func point(_ index: Int) -> [ConfigurationValue] {
    precondition((0..<count).contains(index), "point \(index) of \(count)")
    guard case .all = sampling else {
      return axes.indices.map { axis in value(of: axes[axis].values, at: share(of: axis, point: index)) }
    }
    var rest = index
    var point: [ConfigurationValue] = []
    for axis in axes.reversed() {
      guard case .listed(let values, _) = axis.values else { continue }
      point.append(values[rest % values.count])
      rest /= values.count
    }
    return point.reversed()
  }

  /// Where on its way from the first to the last value the axis is, 0 to 1; from a random stream of its own.
  private func share(of axis: Int, point: Int) -> Double {
    var stream = RandomStream(
      seed: seed, purpose: .sampling, UInt32(truncatingIfNeeded: axis), UInt32(truncatingIfNeeded: point))
    let share = Double(stream.uniform(0, 1))
    guard case .latinHypercube(let count) = sampling else { return share }
    return (Double(strata[axis][point]) + share) / Double(count)
  }

  private func value(of values: Axis.Values, at share: Double) -> ConfigurationValue {
    switch values {
    case .listed(let values, _): values[min(Int(share * Double(values.count)), values.count - 1)]
    case .range(let from, let to, let isLogarithmic):
      Axis.number(Axis.interpolated(share, from, to, isLogarithmic: isLogarithmic))
    }
  }
}
