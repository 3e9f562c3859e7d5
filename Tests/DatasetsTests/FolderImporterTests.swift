import Foundation
import HDF5
import Pictures
import TestSupport
import Testing

@testable import Datasets

/// Imports of folders of pictures against what Pillow and libgd see in them (Fixtures/make_pictures.py).
@Suite struct FolderImporterTests {
  struct Expected: Decodable {
    let files: [String: [String: [UInt8]]]
    let scaled: [String: [UInt8]]
  }

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    .path(percentEncoded: false)
  static let source = "\(fixtures)/pictures"

  static func expected() throws -> Expected {
    try JSONDecoder().decode(Expected.self, from: Data(contentsOf: URL(filePath: "\(fixtures)/pictures.json")))
  }

  /// The files in the order in which they are imported, and the number of their class.
  static let order: [(file: String, classNumber: Int32)] = [
    ("birds/colour.png", 0), ("birds/deep/er/palette.png", 0), ("birds/grey.png", 0), ("cats/colour.bmp", 1),
    ("cats/palette.gif", 1), ("fish/grey.jpg", 2), ("fish/lossless.webp", 2), ("fish/photo.jpg", 2),
    ("fish/unnamed", 2),
  ]

  static func read(_ source: String = source, _ change: (inout ImportOptions) -> Void = { _ in }) throws
    -> ImportedDataset
  {
    var options = ImportOptions()
    options.threads = 3
    change(&options)
    return try FolderImporter(source: source, options: options).read { _, _ in }
  }

  static func images(_ samples: any SampleSource) throws -> [[UInt8]] {
    try (0..<samples.count).map { index in
      var image = [UInt8](repeating: 0xAA, count: samples.bytesPerImage)
      try image.withUnsafeMutableBytes { try samples.copyImage(index, into: $0) }
      return image
    }
  }

  static func classes(_ samples: any SampleSource) -> [Int32] {
    if case .classes(let classes) = samples.labels { classes } else { [] }
  }

  /// A folder of tests' own with copies of fixtures.
  static func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (path, fixture) in files {
      let target = URL(filePath: folder(path))
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      let bytes = fixture.isEmpty ? Data() : try Data(contentsOf: URL(filePath: "\(source)/\(fixture)"))
      try bytes.write(to: target)
    }
    return folder
  }

  /// The error that an import of `source` ends with.
  static func error<E: Error>(_ type: E.Type, _ source: String, _ change: (inout ImportOptions) -> Void = { _ in })
    throws -> E
  {
    try #require(throws: type) { try read(source, change) }
  }

  // MARK: Pixels

  /// Exact, but for JPEG.
  ///
  /// There two builds of libjpeg may round cosines and colours differently: within 2. Pillow's grey is computed in 16
  /// bits, ours in decimals: within 1.
  @Test(arguments: [false, true]) func asPillow(grey: Bool) throws {
    let expected = try Self.expected()
    let imported = try Self.read("\(Self.source)/") { $0.grey = grey }
    #expect(imported.classNames == ["birds", "cats", "fish"] && imported.skipped.isEmpty)
    let train = try #require(imported.splits[.train])
    #expect(imported.splits.count == 1 && train.imageShape == [5, 7, grey ? 1 : 3] && train.storage == .uint8)
    #expect(Self.classes(train) == Self.order.map(\.classNumber))
    for (image, (file, _)) in zip(try Self.images(train), Self.order) {
      let pixels = try #require(expected.files[file]?[grey ? "grey" : "rgb"])
      let tolerance = file.hasSuffix(".jpg") ? 2 : grey ? 1 : 0
      #expect(image.count == pixels.count)
      #expect(zip(image, pixels).allSatisfy { abs(Int($0) - Int($1)) <= tolerance }, "\(file)")
    }
  }

  /// The mean over the covered area, which the script computes in whole numbers: exact.
  @Test func scaledByArea() throws {
    let folder = try Self.folder(["a/1.png": "birds/colour.png"])
    for (name, pixels) in try Self.expected().scaled {
      let size = name.split(separator: "x").compactMap { Int($0) }
      let imported = try Self.read(folder.path) { $0.size = (size[0], size[1]) }
      #expect(try Self.images(#require(imported.splits[.train])) == [pixels], "\(name)")
    }
  }

  /// libgd called from C, one pixel at a time: equal as stored, and within 1 where it scales, in floating-point numbers.
  @Test func asLibgd() throws {
    let folder = try TemporaryFolder()
    let tool = folder("gd_pixels")
    _ = try Self.output("clang", ["-w", "-o", tool, "\(Self.fixtures)/gd_pixels.c", "-lgd"])
    for size in [nil, (height: 3, width: 2), (height: 11, width: 6)] {
      let imported = try Self.read { $0.size = size }
      for (image, (file, _)) in zip(try Self.images(#require(imported.splits[.train])), Self.order)
      // It goes by the name.
      where file != "fish/unnamed" {
        let scaling = size.map { ["\($0.width)", "\($0.height)"] } ?? []
        let pixels = try Self.output(tool, ["\(Self.source)/\(file)"] + scaling)
        #expect(image.count == pixels.count)
        let tolerance = size == nil ? 0 : 1
        #expect(zip(image, pixels).allSatisfy { abs(Int($0) - Int($1)) <= tolerance }, "\(file)")
      }
    }
  }

  /// What a program writes to standard output.
  static func output(_ program: String, _ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program)")
    return Array(bytes)
  }

  /// The same for any number of threads, and every picture is counted.
  @Test(arguments: [1, 2, 16]) func threads(count: Int) throws {
    let names = (0..<60).map { ("\($0 % 4)/\(1000 + $0).png", ["birds/colour.png", "birds/grey.png"][$0 % 2]) }
    let folder = try Self.folder(Dictionary(uniqueKeysWithValues: names))
    var told: [Int] = []
    var options = ImportOptions()
    options.threads = count
    options.size = (4, 4)
    let imported = try FolderImporter(source: folder.path, options: options).read { done, total in
      told.append(done)
      #expect(total == 60)
    }
    #expect(told == told.sorted() && told.last == 60)
    let images = try Self.images(#require(imported.splits[.train]))
    let (colour, grey) = (images[0], images[15])
    #expect(colour != grey)
    #expect(images == (0..<60).map { ($0 / 15) % 2 == 0 ? colour : grey })
  }

  // MARK: Splits and names

  @Test func splits() throws {
    let folder = try Self.folder([
      "Train/b/1.png": "birds/colour.png", "Train/a/1.png": "birds/grey.png", "val/b/2.png": "birds/grey.png",
      "test/a/deeper/1.gif": "cats/palette.gif", "test/b/x.txt": "fish/notes.txt", "test/note.txt": "fish/notes.txt",
    ])
    let imported = try Self.read(folder.path)
    #expect(imported.classNames == ["a", "b"] && imported.skipped.isEmpty)
    #expect(imported.splits.mapValues(Self.classes) == [.train: [0, 1], .validation: [1], .test: [0]])
    #expect(
      try Self.images(#require(imported.splits[.test])) == [#require(Self.expected().files["cats/palette.gif"]?["rgb"])]
    )
  }

  /// Folders called train and test are classes if there are others, and splits if there is nothing else.
  @Test func splitOrClass() throws {
    let one = try Self.folder(["train/1.png": "birds/colour.png", "bus/1.png": "birds/colour.png"])
    #expect(try Self.read(one.path).classNames == ["bus", "train"])
    let splits = try Self.folder(["train/bus/1.png": "birds/colour.png"])
    #expect(try Self.read(splits.path).classNames == ["bus"])
    let both = try Self.folder([
      "train/a/1.png": "birds/colour.png", "test/a/1.png": "birds/colour.png", "more/a/1.png": "birds/colour.png",
    ])
    let error = try Self.error(DatasetError.self, both.path)
    #expect(error.found == "more beside them")
    let twice = try Self.folder([
      "train/a/1.png": "birds/colour.png", "val/a/1.png": "birds/colour.png", "validation/a/1.png": "birds/colour.png",
    ])
    #expect(try Self.error(DatasetError.self, twice.path).found == "val and validation")
    let untrained = try Self.folder(["test/a/1.png": "birds/colour.png", "val/a/1.png": "birds/colour.png"])
    #expect(try Self.error(DatasetError.self, untrained.path).found == "test and val without train")
  }

  /// Sorted by scalars whatever the locale; blanks, newlines and composed accents are names like others.
  @Test func names() throws {
    let folder = try Self.folder([
      "train/é/1.png": "birds/colour.png", "train/Z/a b.png": "birds/colour.png",
      "train/a/n\nl.png": "birds/colour.png",
      "train/new\nline/1.png": "birds/colour.png", "train/猫/1.png": "birds/colour.png",
      "test/e\u{301}/1.png": "birds/colour.png",
    ])
    let imported = try Self.read(folder.path)
    #expect(imported.classNames == ["Z", "a", "new\nline", "é", "猫"])
    #expect(imported.splits.mapValues(Self.classes) == [.train: [0, 1, 2, 3, 4], .test: [3]])
  }

  /// A file's name may be any bytes; that of a class goes into the store, and must be UTF-8.
  @Test func notUTF8() throws {
    let folder = try Self.folder(["a/1.png": "birds/colour.png"])
    let file = folder("a/").utf8CString.dropLast() + [CChar(bitPattern: 0xFF), CChar(UInt8(ascii: "x")), 0]
    try #require(link(folder("a/1.png"), Array(file)) == 0)
    #expect(try Self.read(folder.path).splits[.train]?.count == 2)
    try #require(mkdir(Array(folder("").utf8CString.dropLast() + [CChar(bitPattern: 0xFF), 0]), 0o700) == 0)
    #expect(try Self.error(DatasetError.self, folder.path).expected == "the name of a class in UTF-8")
  }

  /// Links to files and folders count; one that leads back is not followed for ever.
  @Test(.timeLimit(.minutes(1))) func links() throws {
    let folder = try Self.folder(["a/1.png": "birds/colour.png", "b/1.png": "birds/grey.png"])
    for (link, target) in [
      ("a/2.png", "../b/1.png"), ("a/round", "../a"), ("b/up", ".."), ("c", "b"), ("b/self.png", "self.png"),
    ] { try FileManager.default.createSymbolicLink(atPath: folder(link), withDestinationPath: target) }
    let imported = try Self.read(folder.path)
    // b leads to its parent, and from there to all there is, each folder once.
    #expect(try Self.classes(#require(imported.splits[.train])) == [0, 0, 1, 1, 1, 2, 2, 2])
    #expect(imported.skipped.count == 2 && imported.skipped.allSatisfy { $0.contains("self.png: cannot be read") })
  }

  // MARK: What is wrong

  static let broken = [
    "a/1.png": "birds/colour.png", "a/2.png": "", "a/3.jpg": "fish/notes.txt", "b/1.png": "birds/grey.png",
  ]

  /// Hidden files and what systems leave are no pictures, and nobody misses them; a picture by name is missed.
  @Test func skipped() throws {
    let others = [
      "a/.DS_Store": "fish/notes.txt", "a/._1.png": "fish/notes.txt", "a/Thumbs.db": "fish/notes.txt",
      ".git/1.png": "birds/colour.png", "__MACOSX/1.png": "birds/colour.png", "read.me": "fish/notes.txt",
      "loose.png": "birds/colour.png", "b/photo.tif": "fish/notes.txt",
    ]
    let folder = try Self.folder(Self.broken.merging(others) { $1 })
    let cut = try Data(contentsOf: URL(filePath: "\(Self.source)/fish/photo.jpg")).dropLast(100)
    try cut.write(to: URL(filePath: folder("b/cut\n.jpg")))
    let imported = try Self.read(folder.path)
    #expect(try Self.classes(#require(imported.splits[.train])) == [0, 1])
    let formats = "expected a picture (PNG, JPEG, GIF, BMP or WebP)"
    #expect(
      imported.skipped == [
        "\(folder("a/2.png")): \(formats), found an empty file",
        "\(folder("a/3.jpg")): \(formats), found something else",
        "\(folder("b/cut\\n.jpg")): expected a JPEG picture, found one that is broken or cut off; copy it again",
        "\(folder("b/photo.tif")): \(formats), found something else", "\(folder("loose.png")): in no class folder",
      ])
  }

  /// The first, on any number of threads.
  @Test(arguments: [1, 4]) func strict(threads: Int) throws {
    let folder = try Self.folder(Self.broken)
    for size in [nil, (height: 2, width: 2)] {
      let error = try Self.error(PictureError.self, folder.path) {
        ($0.strict, $0.threads, $0.size) = (true, threads, size)
      }
      #expect(error.file == folder("a/2.png"))
    }
  }

  /// The first picture decides the size, the first that differs is named.
  @Test(arguments: [1, 4]) func sizes(threads: Int) throws {
    let folder = try Self.folder(["a/0.png": "", "a/1.png": "birds/colour.png", "b/1.png": "birds/colour.png"])
    let wide = try Picture(width: 9, height: 5, channels: 1, pixels: Array(repeating: 1, count: 45)).png()
    for name in ["a/2.png", "a/3.png", "b/0.png"] { try Data(wide).write(to: URL(filePath: folder(name))) }
    let error = try Self.error(DatasetError.self, folder.path) { $0.threads = threads }
    #expect(
      error.description
        == "\(folder("a/2.png")): expected 5x7 pixels (height x width), as \(folder("a/1.png")); found 5x9; "
        + "bring all to one size, such as --size 5x7; --fit says how")
    #expect(try Self.read(folder.path) { $0.size = (5, 7) }.splits[.train]?.count == 5)
  }

  @Test(arguments: [
    ([:], "no folder"), (["1.png": "birds/colour.png"], "pictures that are in none"),
    (["train/1.png": "birds/colour.png", "test/2.png": "birds/colour.png"], "pictures that are in none"),
    (["a/notes.txt": "fish/notes.txt"], "none that can be read among 1 files"),
    (["a/1.png": "birds/colour.png", "b/notes.txt": "fish/notes.txt"], "none"),
    (["a/1.png": "birds/colour.png", "b/1.png": ""], "none, but 1 that cannot be read, such as /"),
    (["train/a/1.png": "birds/colour.png", "test/b/1.png": "birds/colour.png"], "none"),
  ]) func layouts(files: [String: String], found: String) throws {
    let folder = try Self.folder(files)
    let error = try Self.error(DatasetError.self, folder.path)
    #expect(error.kind == .invalid && error.found.hasPrefix(found), "\(error)")
  }

  @Test func emptyClass() throws {
    let folder = try Self.folder(["a/1.png": "birds/colour.png"])
    try FileManager.default.createDirectory(atPath: folder("b"), withIntermediateDirectories: true)
    #expect(
      try Self.error(DatasetError.self, folder.path).description
        == "\(folder.path), class b: expected pictures (PNG, JPEG, GIF, BMP or WebP) to learn from; found none; "
        + "add some, or remove its folder")
  }

  @Test func sources() throws {
    #expect(try Self.error(DatasetError.self, "/nowhere").kind == .notFound)
    #expect(try Self.error(DatasetError.self, "\(Self.source)/birds/grey.png").found == "Not a directory")
    for size in [(0, 5), (5, -1), (1 << 40, 1 << 40), (100_000, 100_000)] {
      #expect(try Self.error(DatasetError.self, Self.source) { $0.size = size }.expected.contains("100000000 pixels"))
    }
  }

  /// A folder where nothing can be written.
  @Test func noSpool() throws {
    let error = try Self.error(FileWriteError.self, Self.source) { $0.temporaryFolder = "/nowhere" }
    #expect(error.operation == "create" && error.path == "temporary file in /nowhere")
  }
}
