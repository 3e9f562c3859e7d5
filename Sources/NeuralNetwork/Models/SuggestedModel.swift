import Glibc

/// A small network for any images and labels, as a first try: it learns without a setting being chosen.
///
/// Inputs of about 1, convolutions as long as there is something to halve, a last layer that fits the labels. Numbers to predict
/// are reached from about 1 by a last `Rescaling`.
public struct SuggestedModel: Sendable {
  /// The layers, as the list that a run file or `--model` takes, on one line.
  public let layers: String
  /// The flags that go with them.
  public let flags: String

  /// The most convolutions, and the filters of each.
  private static let filters = [16, 32, 64, 64]
  /// An image is halved while its shorter side is at least this.
  private static let leastSide = 12
  /// Stores of fewer samples are trained on in smaller batches, for more than a few steps an epoch.
  private static let smallStore = 5_000

  /// A network for samples of this shape.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - areBytes: whether pixels are 0 to 255; the range of others is measured by the network.
  ///   - labels: mean and standard deviation of the numbers to predict.
  public init(
    for input: Shape, _ targets: TargetKind, count: Int, areBytes: Bool,
    labels: (mean: Double, deviation: Double)? = nil
  ) {
    var side = input.rank == 3 ? min(input.dimensions[0], input.dimensions[1]) : 1
    // Of a few pixels each counts, and all are far from 0 as often as not.
    var layers = [areBytes && side >= Self.leastSide ? "{Rescaling: {scale: 1/255}}" : "Normalization"]
    for filters in Self.filters where side >= Self.leastSide {
      layers += ["{Conv2D: {filters: \(filters), kernel_size: 3, activation: relu}}", "MaxPooling2D"]
      side = (side - 2) / 2
    }
    layers += ["Flatten", "{Dense: {units: 64, activation: relu}}"]
    switch targets {
    case .classes(let classes): layers.append("{Dense: {units: \(classes), activation: softmax}}")
    case .values(let width):
      layers.append("{Dense: {units: \(width)}}")
      if let (mean, deviation) = labels, deviation > 0, mean.magnitude > 1 || !(0.5...2).contains(deviation) {
        layers.append("{Rescaling: {scale: \(Self.rounded(deviation)), offset: \(Self.rounded(mean))}}")
      }
    }
    flags =
      (targets.areNumbers ? "--loss mean_squared_error " : "") + "--optimizer adam"
      + (count < Self.smallStore ? " --batch-size 32" : "")
    self.layers = "[\(layers.joined(separator: ", "))]"
  }

  /// The number to two digits, which is near enough.
  private static func rounded(_ number: Double) -> Double {
    guard number != 0, number.isFinite else { return 0 }
    let unit = pow(10, (log10(number.magnitude)).rounded(.down) - 1)
    // By division the decimal is the one that is written.
    return unit < 1 ? (number / unit).rounded() / (1 / unit).rounded() : (number / unit).rounded() * unit
  }
}

extension TargetKind {
  fileprivate var areNumbers: Bool { if case .values = self { true } else { false } }
}
