import ArgumentParser
import HDF5
import NeuralNetwork
import Numerics
import OneDNN
import Pictures
import Training

/// Applies a kernel to a picture or to a matrix, as a layer does.
struct FilterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Apply a kernel, an activation or pooling to a picture or a matrix, as a layer does.",
    discussion: """
      A matrix (a text file, one row of numbers a line; - for standard input) gives a matrix, a picture a picture, \
      each of its channels by itself. The kernel is not flipped, as in every deep-learning library. Given together, \
      the three come in the order of a network: kernel, activation, pooling.

      Examples:
        cnn-dist filter cat.jpg --kernel sharpen
        cnn-dist filter cat.jpg --kernel outline --grey --output edges.png
        cnn-dist filter image.txt --kernel sobel-bottom --padding full
        echo '1 2; 3 4' | tr ';' '\\n' | cnn-dist filter - --pool max
      """)

  @Argument(help: "A picture (\(Picture.formats)), or a text file with a matrix; - for standard input.")
  var image: String?

  @Option(
    help: ArgumentHelp("A kernel's name, see --list; or a file with a matrix, as text or YAML.", valueName: "kernel"))
  var kernel: String?

  @Flag(help: "Flip the kernel: convolution as mathematics defines it.")
  var flip = false

  @Option(
    help: ArgumentHelp("Values from window to window: 2, or 1x2 for rows x columns.", valueName: "n"),
    transform: FilterArguments.extent)
  var stride = (rows: 1, columns: 1)

  @Option(
    help: ArgumentHelp("valid, same, full, or so many values on each side: 2, or 1x2.", valueName: "padding"),
    transform: FilterArguments.padding)
  var padding = Padding.valid

  @Option(help: "What stands beyond the edge: zeros, constant (with --padding-value) or nearest.")
  var paddingMode = FilterArguments.Mode.zeros

  @Option(help: ArgumentHelp("The number beyond the edge, with --padding-mode constant.", valueName: "number"))
  var paddingValue: Double?

  @Option(
    help: ArgumentHelp("A function applied to every value, such as relu or sigmoid.", valueName: "function"),
    transform: FilterArguments.activation)
  var activation: Activation?

  @Option(help: "Pooling: max or average.")
  var pool: FilterArguments.Pool?

  @Option(
    help: ArgumentHelp("The windows of pooling. Default: 2.", valueName: "n"), transform: FilterArguments.extent)
  var poolSize: (rows: Int, columns: Int)?

  @Option(
    help: ArgumentHelp("Values from window to window. Default: the size, no overlap.", valueName: "n"),
    transform: FilterArguments.extent)
  var poolStride: (rows: Int, columns: Int)?

  @Flag(help: "Make a colour picture grey first.")
  var grey = false

  @Option(
    help: ArgumentHelp(
      "Where the result goes: .png or .jpg; of a matrix any other file too, as CSV. Default: beside the picture, PICTURE-KERNEL.png.",
      valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file of the result if it is there already.")
  var force = false

  @Flag(help: "List the kernels that have names.")
  var list = false

  func validate() throws {
    if list { return }
    guard let image, !image.isEmpty else {
      throw ValidationError(
        "expected a picture or a file with a matrix, such as: cnn-dist filter cat.jpg --kernel blur")
    }
    guard kernel != nil || activation != nil || pool != nil else {
      throw ValidationError("expected --kernel, --activation or --pool, what is to be done; --list shows the kernels")
    }
    if kernel == nil && (flip || stride != (1, 1) || padding != .valid) {
      throw ValidationError("--flip, --stride and --padding need --kernel; pooling has --pool-stride")
    }
    if pool == nil && (poolSize != nil || poolStride != nil) {
      throw ValidationError("--pool-size and --pool-stride need --pool max or --pool average")
    }
    if paddingMode != .zeros && padding == .valid {
      throw ValidationError("--padding-mode needs padding: --padding same, full or a number")
    }
    guard (paddingValue != nil) == (paddingMode == .constant), paddingValue?.isFinite ?? true else {
      throw ValidationError("--padding-mode constant and --padding-value, a number, need each other")
    }
    if output?.isEmpty == true { throw ValidationError("--output needs the name of a file") }
  }

  func run() throws {
    guard !list, let image else { return try StandardOutput.write(Self.kernels) }
    if let output { try check(output) }
    let kernel = try kernel.map { try FilterArguments.kernel($0) }
    let name = image == "-" ? "standard input" : image
    let bytes = try image == "-" ? FileReadError.standardInput() : FileReadError.contents(of: image, orPipe: true)
    if Picture.isPicture(bytes) {
      try filter(Picture(decoding: bytes, named: name), named: name, kernel)
    } else {
      if grey { throw ValidationError("--grey is for pictures, and \(name) is none") }
      try filter(MatrixFile.matrix(in: bytes, named: name, orPicture: true), named: name, kernel)
    }
  }

  private static var kernels: String {
    FilterKernels.all.map { kernel in
      "\(kernel.name): \(kernel.effect)\n"
        + kernel.matrix.aligned.split(separator: "\n").map { "  \($0)" }
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private func filter(_ matrix: Matrix, named name: String, _ kernel: Matrix?) throws {
    let network = try network(rows: matrix.rows, columns: matrix.columns, named: name, kernel)
    let result = try network(matrix)
    if let output {
      if FilterArguments.isPicture(output) {
        try write(Picture(width: result.columns, height: result.rows, planes: [result.values]), to: output)
      } else {
        try AtomicFile.write(Array(result.csv.utf8), to: output)
      }
    }
    try StandardOutput.write(result.aligned)
  }

  private func filter(_ picture: Picture, named name: String, _ kernel: Matrix?) throws {
    let path = try outputPath
    try check(path)
    let picture = grey ? picture.grey : picture
    let network = try network(rows: picture.height, columns: picture.width, named: name, kernel)
    let results = try (0..<picture.channels).map { channel in
      try network(Matrix(rows: picture.height, columns: picture.width, values: picture.plane(channel)))
    }
    let (rows, columns) = (results[0].rows, results[0].columns)
    try write(Picture(width: columns, height: rows, planes: results.map(\.values)), to: path)
    if columns <= 20 {
      for (result, channel) in zip(results, picture.channels == 1 ? ["grey"] : ["red", "green", "blue"]) {
        try StandardOutput.write("\(channel)\n\(result.aligned)")
      }
    }
    let clipped = results.reduce(0) { $0 + $1.values.count { !(-0.5..<255.5).contains($0) } }
    try StandardOutput.write(
      "\(path): \(columns)×\(rows), \(picture.channels == 1 ? "grey" : "colour")"
        + (clipped > 0
          ? "; \(Text.percent(Double(clipped) / Double(rows * columns * results.count))) of the values were beyond 0 to 255 and are clipped"
          : ""))
  }

  /// The layers that the flags ask for.
  private func network(rows: Int, columns: Int, named name: String, _ kernel: Matrix?) throws -> FilterNetwork {
    var layers: [any Layer] = []
    if let kernel {
      var layer = Conv2D(
        filters: 1, kernelSize: (kernel.rows, kernel.columns), strides: stride, padding: padding, useBias: false)
      layer.settings.paddingMode = paddingMode.with(value: paddingValue)
      layers.append(layer)
    }
    if let activation { layers.append(ActivationLayer(activation)) }
    if let pool {
      let size = poolSize ?? (2, 2)
      layers.append(
        pool == .max
          ? MaxPooling2D(poolSize: size, strides: poolStride) : AveragePooling2D(poolSize: size, strides: poolStride))
    }
    do {
      return try FilterNetwork(
        layers, kernel: flip ? kernel?.flipped : kernel, rows: rows, columns: columns, on: Engine())
    } catch let error as ShapeError {
      throw ConfigurationError(
        "expected \(error.expected), as many as a window has, found \(error.found.spatial[0])×\(error.found.spatial[1])",
        at: layers.count > 1 ? "\(name), \(error.layer)" : name,
        advice: "use a smaller kernel or window, or --padding same")
    }
  }

  /// Checks that nothing would be lost; the picture itself never is.
  private func check(_ path: String) throws {
    try OutputFile.check(path, force: force, sources: [image, kernel].compactMap(\.self))
  }

  private func write(_ picture: Picture, to path: String) throws {
    let isPNG = path.lowercased().hasSuffix(".png")
    try AtomicFile.write(isPNG ? picture.png() : picture.jpeg(), to: path)
  }

  /// Where the result of a picture goes.
  private var outputPath: String {
    get throws {
      if let output {
        guard FilterArguments.isPicture(output) else {
          throw ValidationError("--output: expected a name that ends in .png or .jpg, found '\(output)'")
        }
        return output
      }
      guard let image, image != "-" else {
        throw ValidationError("a picture from standard input needs --output FILE.png")
      }
      let label =
        kernel.map(FilterArguments.stem) ?? activation.map { _ in "activation" } ?? "\(pool?.rawValue ?? "")-pool"
      return Path.withoutExtension(image) + "-\(label).png"
    }
  }
}
