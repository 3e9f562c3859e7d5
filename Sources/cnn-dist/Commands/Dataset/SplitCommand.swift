import ArgumentParser
import Datasets

/// Divides the samples of a store again.
struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Divide the samples of a store into train, validation and test.",
    discussion: """
      Classes are divided in proportion. The parts that the store has: a test part stays, and two shares divide the \
      training part into train and validation. With --all the samples of all parts are put together and divided anew.

      Examples:
        cnn-dist dataset split all.h5 --split 0.8/0.1/0.1 --output divided.h5
        cnn-dist dataset split mnist.h5 --split 0.9/0.1 --output mnist-validated.h5
        cnn-dist dataset split mnist.h5 --split 0.7/0.15/0.15 --all --output anew.h5
      """)

  @Argument(help: "The image store to divide; it is not changed.")
  var store: String

  @OptionGroup var datasets: DatasetOptions
  @OptionGroup var output: StoreOutputOptions
  @OptionGroup var arrangement: ArrangementOptions

  @Flag(help: "Put the samples of all parts together first.")
  var all = false

  func validate() throws {
    guard arrangement.split != nil else {
      throw ValidationError("expected the shares of the parts, such as --split 0.8/0.1/0.1")
    }
  }

  func run() throws {
    try output.check(sources: [store])
    try StoreVerifier.requireUndamaged(store)
    let begin = ContinuousClock.now
    let store = try ImageStore(opening: datasets.apply(to: StoreSelection(store)))
    let names = SplitName.allCases.filter { store.splits[$0] != nil }
    let sources = try names.map { try StoreSource(of: store, split: $0) }
    let parts: [SplitName: any SampleSource] =
      all ? [.train: JoinedSource(sources)] : Dictionary(uniqueKeysWithValues: zip(names, sources))
    try StoreOutput(
      parts: try arrangement.arrangement.parts(of: parts, named: store.path), classNames: store.classNames,
      options: output, begin: begin
    ).write(SampleProgress())
  }
}
