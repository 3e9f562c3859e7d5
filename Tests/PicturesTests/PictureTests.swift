import Foundation
import Testing

@testable import Pictures

/// Pictures against what Fixtures/make_fixtures.py says is in them.
@Suite struct PictureTests {
  struct Expected: Decodable {
    let shape: [Int]
    let pixels: [UInt8]
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

  static let expected =
    (try? JSONDecoder().decode(
      [String: Expected].self, from: Data(contentsOf: folder.appending(path: "pictures.json")))) ?? [:]

  static let names = expected.keys.sorted()

  @Test func thereAreFixtures() { #expect(Self.names.count == 22) }

  /// Exact, but for the JPEG files: libgd's JPEG library and TensorFlow's may round their cosines differently, by 2 at
  /// most after the colours are converted.
  @Test(arguments: names) func decodes(name: String) throws {
    let expected = try #require(Self.expected[name])
    let picture = try Picture(contentsOf: Self.path(name))
    #expect(picture.shape == expected.shape)
    let tolerance = name.hasSuffix(".jpg") ? 2 : 0
    let differences = zip(picture.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.count == expected.pixels.count && differences.allSatisfy { $0 <= tolerance }, "\(differences)")
    #expect(picture.floats == picture.pixels.map(Float.init))
  }

  /// The smallest WebP files there are, of one pixel: lossy and lossless.
  @Test(arguments: [
    "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AA/uaKSAA=", "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
  ]) func decodesWebP(base64: String) throws {
    let picture = try Picture(decoding: Array(#require(Data(base64Encoded: base64))), named: "pixel.webp")
    #expect(picture.shape == [1, 1, 3])
  }

  /// Whatever is cut off: a picture or an error, never a crash, and never a picture that is made up.
  @Test(arguments: names) func truncated(name: String) throws {
    let bytes = try Self.bytes(name)
    let whole = try Picture(decoding: bytes, named: name)
    for count in 0..<bytes.count {
      do throws(PictureError) {
        let picture = try Picture(decoding: Array(bytes[..<count]), named: name)
        #expect(picture == whole, "\(count) of \(bytes.count) bytes")
      } catch {
        #expect(error.kind == .broken || error.kind == .unknownFormat, "\(count): \(error)")
        #expect(error.file == name)
      }
    }
  }

  /// Any byte may be wrong; sanitizers would see more than this can.
  @Test(arguments: names) func anyByteWrong(name: String) throws {
    let bytes = try Self.bytes(name)
    for place in bytes.indices {
      for change: UInt8 in [0xFF, 0x01, 0x80] {
        var wrong = bytes
        wrong[place] ^= change
        let picture = try? Picture(decoding: wrong, named: name)
        if let picture { #expect(picture.pixels.count == picture.width * picture.height * picture.channels) }
      }
    }
  }

  @Test(arguments: [
    ("huge.png", PictureError.Kind.tooLarge, "at most 100000000 pixels, found 100000×100000"),
    ("overflow.png", .tooLarge, "found 2147483647×2147483647"), ("huge.gif", .tooLarge, "found 65535×65535"),
    ("huge.bmp", .tooLarge, "found 2000000000×2000000000"), ("zero.png", .broken, "broken or cut off"),
    ("make_fixtures.py", .unknownFormat, "expected a picture (PNG, JPEG, GIF, BMP or WebP), found something else"),
    ("none.png", .missing, "there is no such file; check the path"), (".", .unreadable, "cannot be read"),
  ]) func errors(name: String, kind: PictureError.Kind, words: String) throws {
    let path = Self.path(name)
    let error = try #require(throws: PictureError.self) { try Picture(contentsOf: path) }
    #expect(error.kind == kind)
    #expect(error.description.hasPrefix("\(path): ") && error.description.contains(words), "\(error)")
  }

  @Test func nothing() throws {
    let error = try #require(throws: PictureError.self) { try Picture(decoding: [], named: "empty.png") }
    #expect(error.description == "empty.png: expected a picture (PNG, JPEG, GIF, BMP or WebP), found an empty file")
  }

  @Test(arguments: ["rgb.png", "grey.png", "palette.png", "grey.jpg"]) func pngKeepsEveryValue(name: String) throws {
    let picture = try Picture(contentsOf: Self.path(name))
    #expect(try Picture(decoding: picture.png(), named: "again") == picture)
  }

  /// All greys, more of them than a palette has places.
  @Test func pngOfEveryGrey() throws {
    let picture = Picture(width: 19, height: 27, channels: 1, pixels: (0..<19 * 27).map { UInt8($0 % 256) })
    #expect(try Picture(decoding: picture.png(), named: "again") == picture)
  }

  /// A smooth picture comes back within 4 of 255 at quality 95, in colour; a worse quality is smaller.
  @Test func jpeg() throws {
    let picture = try Picture(contentsOf: Self.path("rgb.jpg"))
    let bytes = try picture.jpeg()
    let again = try Picture(decoding: bytes, named: "again")
    #expect(again.shape == [17, 24, 3])
    #expect(zip(again.pixels, picture.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
    #expect(try picture.jpeg(quality: 20).count < bytes.count)
    let grey = try Picture(decoding: picture.grey.jpeg(), named: "grey")
    #expect(grey.channels == 3)
  }

  @Test func tooLargeToWrite() throws {
    let line = Picture(width: 70_000, height: 1, channels: 1, pixels: Array(repeating: 9, count: 70_000))
    let error = try #require(throws: PictureError.self) { try line.jpeg() }
    #expect(error.kind == .notEncoded)
  }

  @Test func roundsAndClips() {
    let values: [Float] = [-3, -0.0, 0.49, 0.5, 254.4, 254.5, 255, 1e30, .nan, -.infinity, .infinity, 7]
    let picture = Picture(width: 4, height: 3, planes: [values])
    #expect(picture.pixels == [0, 0, 0, 1, 254, 255, 255, 255, 0, 0, 255, 7])
  }

  @Test func planes() {
    let picture = Picture(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    #expect((0..<3).map(picture.plane) == [[1, 4], [2, 5], [3, 6]])
    #expect(Picture(width: 2, height: 1, planes: [[1, 4], [2, 5], [3, 6]]) == picture)
  }

  @Test func grey() {
    let colours = Picture(width: 4, height: 1, channels: 3, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])
    #expect(colours.grey.pixels == [76, 150, 29, 255])
    #expect(colours.grey.grey == colours.grey)
  }

  /// Halving the sides is the mean of four pixels, cut to a whole number or rounded: within 1.
  @Test func resized() throws {
    let pixels = (0..<4 * 6 * 3).map { UInt8($0 * 37 % 256) }
    let picture = Picture(width: 6, height: 4, channels: 3, pixels: pixels)
    let half = try picture.resized(width: 3, height: 2)
    for row in 0..<2 {
      for column in 0..<3 {
        for channel in 0..<3 {
          func value(_ y: Int, _ x: Int) -> Double {
            Double(pixels[((2 * row + y) * 6 + 2 * column + x) * 3 + channel])
          }
          let mean = (value(0, 0) + value(0, 1) + value(1, 0) + value(1, 1)) / 4
          #expect(abs(mean - Double(half.pixels[(row * 3 + column) * 3 + channel])) <= 1)
        }
      }
    }
    #expect(try picture.resized(width: 6, height: 4) == picture)
    #expect(try picture.grey.resized(width: 12, height: 1).channels == 1)
    #expect(throws: PictureError.self) { try picture.resized(width: 0, height: 4) }
    #expect(throws: PictureError.self) { try picture.resized(width: 1 << 40, height: 4) }
  }

  /// Several threads decode at once, as an importer does.
  @Test func threads() async throws {
    let pictures = try await withThrowingTaskGroup(of: Picture.self) { group in
      for index in 0..<64 {
        group.addTask { try Picture(contentsOf: Self.path(index % 2 == 0 ? "rgb.png" : "rgb.bmp")) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(pictures.count == 64 && Set(pictures.map(\.pixels)).count == 1)
  }
}

extension Picture {
  fileprivate var shape: [Int] { [height, width, channels] }
}
