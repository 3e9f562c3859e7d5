import ArgumentParser
import Datasets

/// What can be said about data that is imported; each kind takes what concerns it.
struct ImportReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Bring pictures to this height and width: 150x150, or 150 for both. What size the rows of tables and arrays have: \
      28x28, with channels 32x32x3, or 3x32x32 if one channel follows the other.
      """, valueName: "size"),
    transform: ImageSize.init)
  var size: ImageSize?

  @Option(help: "How: stretch each side, crop what sticks out, or letterbox with black.")
  var fit = ImportOptions.Fit.stretch

  @Flag(help: "Make pictures grey.")
  var grey = false

  @Flag(help: "End with an error at the first broken picture. Default: it is named and left out.")
  var strict = false

  @Option(help: ArgumentHelp("The name of the images in a file of several arrays.", valueName: "name"))
  var images: String?

  @Option(
    help: ArgumentHelp(
      "The name of the labels in a file of several arrays, or of a column; :classes or :values behind it says what they are.",
      valueName: "name"))
  var labels: String?

  @Option(help: "How many threads decode pictures. Default: one for each core.")
  var threads: Int?

  @Option(
    help: ArgumentHelp("The names of the classes, in the order of their numbers.", valueName: "a,b,c"),
    transform: Self.names)
  var classNames: [String]?

  func validate() throws {
    if let threads, !(1...1024 ~= threads) {
      throw ValidationError("--threads: expected a number from 1 to 1024, found \(threads)")
    }
    if fit != .stretch && size == nil { throw ValidationError("--fit needs --size, what the pictures are fitted to") }
  }

  /// The options as importers take them.
  var options: ImportOptions {
    var options = ImportOptions()
    options.size = size.map { ($0.height, $0.width) }
    options.channels = size?.channels
    options.isPlanar = size?.isPlanar ?? false
    options.fit = fit
    options.grey = grey
    options.strict = strict
    options.images = images
    options.labels = labels
    options.threads = threads
    return options
  }

  private static func names(_ text: String) throws -> [String] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else {
      throw ValidationError("--class-names: expected different names with commas between them, found '\(text)'")
    }
    return names
  }
}

/// The size of images as users write it.
struct ImageSize {
  let height: Int
  let width: Int
  /// The channels, if they are said.
  var channels: Int?
  /// Whether they stand first, as planes.
  var isPlanar = false

  init(_ text: String) throws {
    let numbers = text.split(omittingEmptySubsequences: false) { "x×".contains($0) }.map { Int($0) ?? 0 }
    guard 1...3 ~= numbers.count, numbers.allSatisfy({ 1...65_535 ~= $0 }) else {
      throw ValidationError("--size: expected a height and a width from 1 to 65535, such as 150x150, found '\(text)'")
    }
    guard numbers.count == 3 else {
      (height, width) = (numbers[0], numbers[numbers.count - 1])
      return
    }
    let areChannels = [1, 3, 4].contains
    guard areChannels(numbers[2]) || areChannels(numbers[0]) else {
      throw ValidationError("--size: expected 1, 3 or 4 channels, such as 32x32x3 or 3x32x32, found '\(text)'")
    }
    isPlanar = !areChannels(numbers[2])
    channels = isPlanar ? numbers[0] : numbers[2]
    (height, width) = isPlanar ? (numbers[1], numbers[2]) : (numbers[0], numbers[1])
  }
}

extension ImportOptions.Fit: ExpressibleByArgument {}
