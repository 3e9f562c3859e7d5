import Foundation
import Pictures
import TestSupport
import Testing

extension ProgramTests {
  /// `cnn-dist filter`: the documents' worked examples, pictures, and what is wrong.
  @Suite struct FilterTests {
    /// The golden data of the layers' own test.
    static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "NeuralNetworkTests/Golden/worked_examples.json")

    static func matrix(_ name: String) throws -> [[Double]] {
      let all = try JSONSerialization.jsonObject(with: Data(contentsOf: examples)) as? [String: Any]
      return try #require(all?[name] as? [[Double]])
    }

    /// What `text` has, or what the last so many lines of it have.
    static func numbers(_ text: String) -> [[Double]] {
      text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
    }

    static func write(_ name: String, as separator: String, to path: String) throws {
      let lines = try matrix(name).map { $0.map { "\($0)" }.joined(separator: separator) }
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
    }

    static func run(_ arguments: [String], in folder: TemporaryFolder) throws -> MPIRun.Result {
      try BuiltProgram.run(["filter"] + arguments, in: folder)
    }

    @Test(arguments: [
      ("image", "--kernel sobel-bottom", "convolution_valid_stride_1"),
      ("image", "--kernel sobel-bottom --stride 1x2", "convolution_valid_stride_height_1_width_2"),
      ("image", "--kernel sobel-bottom --padding same", "convolution_same_zeros"),
      ("image", "--kernel sobel-bottom --padding 1", "convolution_same_zeros"),
      ("image", "--kernel Sobel-Bottom --padding full", "convolution_full_zeros"),
      ("image", "--kernel sobel-top --flip --padding full", "convolution_full_zeros"),
      ("image", "--kernel kernel.csv --padding full", "convolution_full_zeros"),
      ("image", "--kernel kernel.yaml --padding full", "convolution_full_zeros"),
      ("image", "--kernel kernel.json --padding 2x2", "convolution_full_zeros"),
      (
        "image", "--kernel sobel-bottom --padding 2 --padding-mode constant --padding-value 0", "convolution_full_zeros"
      ),
      ("pooling_image", "--pool max", "max_pool_2x2_stride_2"),
      ("pooling_image", "--pool max --pool-size 2x2 --pool-stride 1", "max_pool_2x2_stride_1"),
      ("activation_input", "--activation relu", "relu"), ("activation_input", "--activation sigmoid", "sigmoid"),
    ]) func workedExamples(image: String, flags: String, expected: String) throws {
      let folder = try TemporaryFolder()
      try Self.write(image, as: expected == "relu" ? ", " : " ", to: folder("image.txt"))
      try Self.write("sobel_bottom", as: ",", to: folder("kernel.csv"))
      try Data("- [-1, -2, -1]\n- [0, 0, 0]\n- [1, 2, 1]\n".utf8).write(to: URL(filePath: folder("kernel.yaml")))
      try Data("[[-1, -2, -1],\n [0, 0, 0], [1, 2, 1]]".utf8).write(to: URL(filePath: folder("kernel.json")))
      let result = try Self.run(["image.txt"] + flags.split(separator: " ").map(String.init), in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      let found = Self.numbers(result.output)
      let numbers = try Self.matrix(expected)
      #expect(found.map(\.count) == numbers.map(\.count), "\(result.output)")
      // The sigmoids are printed with six decimals.
      for (found, expected) in zip(found.joined(), numbers.joined()) { #expect(abs(found - expected) <= 1e-6) }
    }

    /// The documents' edge detection, one layer after the other, as in a network.
    @Test func kernelThenActivationThenPooling() throws {
      let folder = try TemporaryFolder()
      try Self.write("image", as: " ", to: folder("image.txt"))
      let result = try Self.run(
        ["image.txt", "--kernel", "sobel-bottom", "--padding", "same", "--activation", "relu", "--pool", "max"],
        in: folder)
      #expect(result.output == "26  26  34\n24  56  57\n")
      let mean = try Self.run(["image.txt", "--pool", "average", "--output", "mean.csv"], in: folder)
      #expect(mean.output == " 9.00   4.00   8.75\n10.75  13.25  20.25\n")
      #expect(try String(contentsOfFile: folder("mean.csv"), encoding: .utf8) == "9,4,8.75\n10.75,13.25,20.25\n")
    }

    @Test func fromAPipe() throws {
      let folder = try TemporaryFolder()
      let job = try MPIRun(
        command: [
          "bash", "-c", "printf '1 2\\n3 4\\n' | \"$0\" filter - --kernel <(printf '1,1\\n1,1\\n') --padding full",
          BuiltProgram.path(of: "cnn-dist"),
        ], in: folder.path)
      let result = try job.wait()
      #expect(
        result.status == 0 && result.output == "1   3  2\n4  10  6\n3   7  4\n", "\(result.output)\(result.errors)")
    }

    @Test func listsKernels() throws {
      let result = try Self.run(["--list"], in: TemporaryFolder())
      #expect(result.status == 0)
      #expect(
        result.output.contains(
          "sharpen: differences to the neighbours grow\n   0  -1   0\n  -1   5  -1\n   0  -1   0\n"))
    }

    /// A picture of 5×4 pixels against sums that are written out here.
    @Test(arguments: [1, 3]) func pictures(channels: Int) throws {
      let folder = try TemporaryFolder()
      let pixels = (0..<20 * channels).map { UInt8($0 * 83 % 256) }
      let picture = Picture(width: 5, height: 4, channels: channels, pixels: pixels)
      try Data(picture.png()).write(to: URL(filePath: folder("a.b.png")))
      let result = try Self.run(["a.b.png", "--kernel", "sharpen", "--padding", "same"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let sharp = try Picture(contentsOf: folder("a.b-sharpen.png"))
      func value(_ row: Int, _ column: Int, _ channel: Int) -> Int {
        (0..<4).contains(row) && (0..<5).contains(column) ? Int(pixels[(row * 5 + column) * channels + channel]) : 0
      }
      var expected: [Int] = []
      for row in 0..<4 {
        for column in 0..<5 {
          for channel in 0..<channels {
            let neighbours =
              value(row - 1, column, channel) + value(row + 1, column, channel) + value(row, column - 1, channel)
              + value(row, column + 1, channel)
            expected.append(5 * value(row, column, channel) - neighbours)
          }
        }
      }
      #expect(sharp.pixels == expected.map { UInt8(min(max($0, 0), 255)) })
      #expect(sharp.width == 5 && sharp.height == 4 && sharp.channels == channels)
      // The numbers before they are clipped.
      let lines = result.output.split(separator: "\n")
      #expect(lines.first == (channels == 1 ? "grey" : "red") && lines.count == channels * 5 + 1)
      let first = Self.numbers(lines[1...4].joined(separator: "\n")).flatMap { $0 }
      #expect(first == stride(from: 0, to: expected.count, by: channels).map { Double(expected[$0]) })
      #expect(lines.last?.hasPrefix("a.b-sharpen.png: 5×4, \(channels == 1 ? "grey" : "colour"); ") == true)
      #expect(lines.last?.hasSuffix(" % of the values were beyond 0 to 255 and are clipped") == true)
    }

    @Test func nothingIsSaidOfABrokenProfile() throws {
      let folder = try TemporaryFolder()
      let picture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "PicturesTests/Fixtures/rgb_profile.png").path(percentEncoded: false)
      let result = try Self.run([picture, "--kernel", "blur", "--output", "out.png"], in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    }

    /// A file that is there stays, unless it is to be replaced; the picture itself always does.
    @Test(arguments: ["", "--output out.png", "--output out.jpg"]) func whatIsThereAlready(flags: String) throws {
      let folder = try TemporaryFolder()
      let png = try Picture(width: 30, height: 30, channels: 1, pixels: (0..<900).map { UInt8($0 * 7 % 256) }).png()
      try Data(png).write(to: URL(filePath: folder("picture.png")))
      let arguments = ["picture.png", "--kernel", "blur"] + flags.split(separator: " ").map(String.init)
      let name = flags.isEmpty ? "picture-blur.png" : String(flags.dropFirst("--output ".count))
      try Data("mine".utf8).write(to: URL(filePath: folder(name)))
      let refused = try Self.run(arguments, in: folder)
      #expect(refused.status == 65 && refused.errors.contains("'\(name)' is there already"), "\(refused.errors)")
      #expect(try Data(contentsOf: URL(filePath: folder(name))) == Data("mine".utf8))
      let replaced = try Self.run(arguments + ["--force"], in: folder)
      #expect(replaced.status == 0, "\(replaced.errors)")
      #expect(try Data(contentsOf: URL(filePath: folder(name))) != Data("mine".utf8))
      let itself = try Self.run(["picture.png", "--kernel", "blur", "--output", "picture.png", "--force"], in: folder)
      #expect(itself.status == 64 && itself.errors.contains("is what it is made from"), "\(itself.errors)")
      #expect(try Data(contentsOf: URL(filePath: folder("picture.png"))) == Data(png))
    }

    @Test func greyAndJPEG() throws {
      let folder = try TemporaryFolder()
      let colours = Picture(width: 30, height: 2, channels: 3, pixels: (0..<180).map { UInt8($0) })
      try Data(colours.png()).write(to: URL(filePath: folder("c.png")))
      let grey = try Self.run(
        ["c.png", "--kernel", "identity", "--padding", "same", "--grey", "--output", "g.png"], in: folder)
      #expect(grey.output == "g.png: 30×2, grey\n", "\(grey.errors)")
      #expect(try Picture(contentsOf: folder("g.png")) == colours.grey)
      let jpeg = try Self.run(["c.png", "--pool", "average", "--output", "small.JPG"], in: folder)
      #expect(jpeg.status == 0)
      let small = try Picture(contentsOf: folder("small.JPG"))
      #expect(small.width == 15 && small.height == 1)
    }

    @Test(arguments: [
      ("--kernel blur", Int32(64), "expected a picture or a file with a matrix"),
      ("image.txt", 64, "expected --kernel, --activation or --pool"),
      (
        "image.txt --kernel blur --stride 0", 64,
        "expected a whole number from 1 to 1000, or two, such as 1x2; found '0'"
      ),
      ("image.txt --kernel blur --padding some", 64, "expected valid, same, full, or a whole number from 0 to 1000"),
      ("image.txt --kernel blur --padding 9999999999999999999", 64, "from 0 to 1000"),
      ("image.txt --kernel blur --padding-mode nearest", 64, "--padding-mode needs padding"),
      ("image.txt --kernel blur --padding 1 --padding-mode constant", 64, "need each other"),
      ("image.txt --kernel blur --padding 1 --padding-value 3", 64, "need each other"),
      ("image.txt --pool max --stride 2", 64, "--flip, --stride and --padding need --kernel"),
      ("image.txt --kernel blur --pool-size 2", 64, "need --pool max or --pool average"),
      ("image.txt --activation rely", 64, "relu"), ("image.txt --pool min", 64, "max"),
      ("image.txt --kernel blur --grey", 64, "--grey is for pictures"),
      ("picture.png --kernel blur --output out.csv", 64, "expected a name that ends in .png or .jpg, found 'out.csv'"),
      ("image.txt --kernel blurr", 65, "unknown kernel 'blurr'; did you mean 'blur'?"),
      (
        "image.txt --kernel seven.txt", 65,
        "image.txt: expected at least 1×7 values, as many as a window has, found 4×6;"
      ),
      ("image.txt --pool max --pool-size 5", 65, "image.txt: expected at least 5×5 values"),
      (
        "image.txt --kernel gaussian --padding same --stride 4 --pool max", 65,
        "image.txt, layer 2, max_pooling2d (MaxPooling2D): expected at least 2×2 values"
      ), ("image.txt --kernel picture.png", 65, "picture.png: expected a matrix as text, found something else"),
      ("ragged.txt --kernel blur", 65, "ragged.txt, line 3: expected 2 numbers, as in the first row, found 3"),
      ("image.txt --kernel ragged.txt", 65, "ragged.txt, line 3: "),
      ("image.txt --kernel ragged.yaml", 65, "ragged.yaml: row 2: expected 2 numbers, as in the first row, found 1"),
      ("image.txt --kernel words.yaml", 65, "words.yaml: row 1: expected a number, found 'one'"),
      ("image.txt --kernel long.csv", 65, "expected a kernel of at most 1000×1000, found 1×1001"),
      ("empty.txt --kernel blur", 65, "empty.txt: expected a matrix, one row of numbers a line, found none"),
      ("broken.png --kernel blur", 65, "broken.png: expected a PNG picture, found one that is broken or cut off"),
      ("huge.png --kernel blur", 65, "huge.png: expected at most 100000000 pixels, found 100000×100000"),
      ("noise --kernel blur", 65, "noise: expected a picture (PNG, JPEG, GIF, BMP or WebP) or a matrix"),
      ("none.png --kernel blur", 66, "none.png: cannot be read: No such file or directory; check the path"),
      ("image.txt --kernel none.csv", 66, "none.csv: cannot be read"),
      ("picture.png --kernel blur --output none/out.png", 74, "none/out.png: cannot create the file"),
      ("image.txt --kernel blur --output none/out.csv", 74, "none/out.csv: cannot create the file"),
    ]) func wrong(arguments: String, status: Int32, words: String) throws {
      let folder = try TemporaryFolder()
      try Self.write("image", as: " ", to: folder("image.txt"))
      let texts = [
        "ragged.txt": "1 2\n\n3 4 5\n", "ragged.yaml": "- [1, 2]\n- [3]\n", "words.yaml": "- [one]\n", "empty.txt": "",
        "seven.txt": "1 1 1 1 1 1 1\n", "long.csv": String(repeating: "1,", count: 1000) + "1\n",
      ]
      for (name, text) in texts { try Data(text.utf8).write(to: URL(filePath: folder(name))) }
      let png = try Picture(width: 30, height: 30, channels: 1, pixels: (0..<900).map { UInt8($0 * 7 % 256) }).png()
      try Data(png).write(to: URL(filePath: folder("picture.png")))
      try Data(png.dropLast(100)).write(to: URL(filePath: folder("broken.png")))
      var huge = png
      huge.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0])
      try Data(huge).write(to: URL(filePath: folder("huge.png")))
      try Data([0, 159, 146, 150]).write(to: URL(filePath: folder("noise")))
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      let result = try Self.run(arguments.split(separator: " ").map(String.init), in: folder)
      #expect(result.status == status, "\(result.output)\(result.errors)")
      #expect(result.output.isEmpty, "\(result.output)")
      #expect(result.messages.count == 1 && result.errors.contains(words), "\(result.errors)")
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }
}
