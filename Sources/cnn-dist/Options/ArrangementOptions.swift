import ArgumentParser
import Datasets

/// How samples become the parts of a store.
struct ArrangementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Divide the samples, each class in proportion: 0.8/0.2 into train and test, 0.8/0.1/0.1 into train, validation and \
      test. Data with a test part of its own keeps it; two shares, 0.9/0.1, then divide the rest into train and validation.
      """, valueName: "shares"),
    transform: Self.split)
  var split: SplitFractions?

  @Option(help: "What the order and the division depend on.")
  var seed: UInt64 = 0

  @Flag(help: "Keep the samples of each part in the order of the source. Default: shuffled.")
  var keepOrder = false

  /// The choices.
  var arrangement: Arrangement {
    var arrangement = Arrangement()
    arrangement.split = split
    arrangement.seed = seed
    arrangement.keepsOrder = keepOrder
    return arrangement
  }

  /// Reads shares.
  static func split(_ text: String) throws -> SplitFractions {
    guard let split = SplitFractions(text) else {
      throw ValidationError(
        "--split: expected two or three shares that add up to 1, such as 0.8/0.1/0.1, found '\(text)'")
    }
    return split
  }
}
