import Testing

@testable import Pictures

/// Scaling against the mean over the covered area, computed pixel by pixel.
@Suite struct AreaAverageTests {
  /// The mean of what a pixel of the result covers, in double precision: slow, and plain.
  static func reference(_ picture: Picture, row: Int, column: Int, channel: Int, of size: (Int, Int)) -> Double {
    func overlap(_ pixel: Int, _ length: Int, _ place: Int, _ count: Int) -> Double {
      let scale = Double(length) / Double(count)
      return max(0, min(Double(pixel + 1), Double(place + 1) * scale) - max(Double(pixel), Double(place) * scale))
    }
    var (sum, area) = (0.0, 0.0)
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let share = overlap(y, picture.height, row, size.0) * overlap(x, picture.width, column, size.1)
        sum += share * Double(picture.pixels[(y * picture.width + x) * picture.channels + channel])
        area += share
      }
    }
    return sum / area
  }

  static func noise(width: Int, height: Int, channels: Int) -> Picture {
    var state: UInt32 = 7
    let pixels = (0..<width * height * channels).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223  // Numerical Recipes' generator
      return UInt8(state >> 24)
    }
    return Picture(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// Within half a step, which is rounding, and a little for the reference's own.
  @Test(arguments: [(1, 1), (9, 13), (3, 4), (18, 39), (10, 12), (1, 30), (25, 1), (8, 14)], [1, 3])
  func isTheMean(size: (height: Int, width: Int), channels: Int) throws {
    let picture = Self.noise(width: 13, height: 9, channels: channels)
    let scaled = try picture.resized(width: size.width, height: size.height)
    #expect([scaled.height, scaled.width, scaled.channels] == [size.height, size.width, channels])
    for row in 0..<size.height {
      for column in 0..<size.width {
        for channel in 0..<channels {
          let mean = Self.reference(picture, row: row, column: column, channel: channel, of: size)
          let found = scaled.pixels[(row * size.width + column) * channels + channel]
          #expect(abs(Double(found) - mean) <= 0.5 + 1e-9, "\(row), \(column), \(channel)")
        }
      }
    }
  }

  /// One value stays that value, whatever the sizes: nothing is lost to rounding.
  @Test(arguments: [0, 1, 127, 254, 255] as [UInt8]) func constant(value: UInt8) throws {
    for side in [1, 2, 3, 7, 97, 640] {
      let picture = Picture(width: side, height: 11, channels: 1, pixels: Array(repeating: value, count: 11 * side))
      for new in [1, 5, 31, 224] {
        #expect(try picture.resized(width: new, height: 13).pixels.allSatisfy { $0 == value }, "\(side) to \(new)")
      }
    }
  }

  /// Halves are rounded up, as whole numbers show: (0 + 1) / 2 is 1, and (254 + 255) / 2 is 255.
  @Test func halves() throws {
    let picture = Picture(width: 4, height: 1, channels: 1, pixels: [0, 1, 254, 255])
    #expect(try picture.resized(width: 2, height: 1).pixels == [1, 255])
  }

  /// Sums of a picture of many pixels stay within their type.
  @Test func manyPixels() throws {
    let picture = Picture(
      width: 5000, height: 4000, channels: 1, pixels: Array(repeating: 255, count: 5000 * 4000))
    #expect(try picture.resized(width: 1, height: 1).pixels == [255])
  }

  /// Grey after scaling: the grey of the mean colour.
  @Test func grey() throws {
    let picture = Self.noise(width: 6, height: 4, channels: 3)
    let bytes = try picture.png()
    let grey = try Picture(decoding: bytes, named: "noise", size: (2, 3), fit: .stretch, grey: true)
    #expect(try grey == picture.resized(width: 3, height: 2).grey)
    #expect(try Picture(decoding: bytes, named: "noise", size: nil, fit: .crop, grey: true) == picture.grey)
    #expect(try Picture(decoding: bytes, named: "noise", size: (4, 6), fit: .crop, grey: false) == picture)
    let coloured = try Picture(decoding: picture.grey.png(), named: "grey", size: (2, 3), fit: .stretch, grey: false)
    #expect(try coloured == picture.grey.resized(width: 3, height: 2).colour)
  }
}
