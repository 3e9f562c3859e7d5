import ArgumentParser
import Datasets

/// Joins several stores.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join image stores into one: the parts of each name together, classes of one name as one.",
    discussion: """
      Images must be of one shape and type, labels of one kind. Each part is shuffled unless --keep-order, which puts the \
      stores one after the other. --images and --labels hold for each of the stores.

      Example:
        cnn-dist dataset merge summer.h5 winter.h5 --output year.h5
      """)

  @Argument(help: "The image stores to join; they are not changed.")
  var stores: [String]

  @OptionGroup var datasets: DatasetOptions
  @OptionGroup var output: StoreOutputOptions
  @OptionGroup var arrangement: ArrangementOptions

  func validate() throws {
    guard stores.count >= 2 else { throw ValidationError("expected at least two stores to join, found one") }
    guard StoreSelection(stores[0], images: datasets.images, labels: datasets.labels).referencedFiles.isEmpty else {
      throw ValidationError("--images and --labels: expected paths in each of the stores, such as /x, found a file")
    }
  }

  func run() throws {
    try output.check(sources: stores)
    for store in stores { try StoreVerifier.requireUndamaged(store) }
    let begin = ContinuousClock.now
    let merge = try StoreMerge(stores.map { try ImageStore(opening: datasets.apply(to: StoreSelection($0))) })
    try StoreOutput(
      parts: try arrangement.arrangement.parts(of: merge.sources, named: "the joined stores"),
      classNames: merge.classNames, options: output, begin: begin
    ).write(SampleProgress())
  }
}
