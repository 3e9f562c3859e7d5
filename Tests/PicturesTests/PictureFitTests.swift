import Testing

@testable import Pictures

/// Where pictures come to lie, with odd sizes.
@Suite struct PictureFitTests {
  typealias Size = (height: Int, width: Int)

  static func placement(_ fit: Picture.Fit, _ size: Size, _ result: Size) -> [[Int]] {
    let placement = Placement(fit, from: size, to: result)
    return [placement.source, placement.target].map { [$0.x, $0.y, $0.width, $0.height] }
  }

  /// The parts `[x, y, width, height]` of the picture and of the result, counted by hand.
  @Test(
    arguments: [
      // 3 rows of 7: scaled by 5/3, 3 columns are as wide as the result.
      (.crop, (3, 7), (5, 5), [2, 0, 3, 3], [0, 0, 5, 5]), (.letterbox, (3, 7), (5, 5), [0, 0, 7, 3], [0, 1, 5, 2]),
      (.stretch, (3, 7), (5, 5), [0, 0, 7, 3], [0, 0, 5, 5]), (.crop, (7, 3), (5, 5), [0, 2, 3, 3], [0, 0, 5, 5]),
      (.letterbox, (7, 3), (5, 5), [0, 0, 3, 7], [1, 0, 2, 5]), (.crop, (1, 1), (4, 9), [0, 0, 1, 1], [0, 0, 9, 4]),
      (.letterbox, (1, 1), (4, 9), [0, 0, 1, 1], [2, 0, 4, 4]),
      (.crop, (10, 7), (10, 7), [0, 0, 7, 10], [0, 0, 7, 10]),
      // Of 2.5 columns that are left over, 1 is on the left: the part has 8 (7.5 rounded) of 10.
      (.crop, (5, 10), (4, 6), [1, 0, 8, 5], [0, 0, 6, 4]),
      // So long that nothing would be left of the other axis.
      (.letterbox, (1, 1000), (10, 10), [0, 0, 1000, 1], [0, 4, 10, 1]),
      (.crop, (1000, 1), (1, 10), [0, 499, 1, 1], [0, 0, 10, 1]),
    ] as [(Picture.Fit, Size, Size, [Int], [Int])])
  func places(fit: Picture.Fit, size: Size, result: Size, source: [Int], target: [Int]) {
    #expect(Self.placement(fit, size, result) == [source, target])
  }

  /// Whatever the sizes: within the picture and within the result, something of each, and in the middle.
  @Test(arguments: Picture.Fit.allCases) func staysWithin(fit: Picture.Fit) {
    for height in 1...9 {
      for width in 1...9 {
        for side in 1...9 {
          let placement = Placement(fit, from: (height, width), to: (5, side))
          for (part, whole) in [(placement.source, (width, height)), (placement.target, (side, 5))] {
            #expect(part.width > 0 && part.height > 0 && part.x >= 0 && part.y >= 0)
            let (right, below) = (whole.0 - part.width - part.x, whole.1 - part.height - part.y)
            #expect((0...1).contains(right - part.x) && (0...1).contains(below - part.y))
          }
        }
      }
    }
  }

  /// Twice the size in both directions: every pixel four times, and black beside them or nothing.
  @Test func wholeFactors() throws {
    let pixels: [UInt8] = [10, 20, 30, 40, 50, 60]
    let bytes = try Picture(width: 3, height: 2, channels: 1, pixels: pixels).png()
    func fitted(_ fit: Picture.Fit, _ height: Int, _ width: Int) throws -> [UInt8] {
      try Picture(decoding: bytes, named: "six.png", size: (height, width), fit: fit, grey: true).pixels
    }
    let doubled: [UInt8] = [
      10, 10, 20, 20, 30, 30, 10, 10, 20, 20, 30, 30, 40, 40, 50, 50, 60, 60, 40, 40, 50, 50, 60, 60,
    ]
    #expect(try fitted(.stretch, 4, 6) == doubled)
    let (above, below) = ([UInt8](repeating: 0, count: 6), [UInt8](repeating: 0, count: 12))
    #expect(try fitted(.letterbox, 7, 6) == above + doubled + below)
    // A square of the middle column and what is left of it.
    #expect(try fitted(.crop, 2, 2) == [10, 20, 40, 50])
    #expect(try fitted(.crop, 4, 4) == [10, 10, 20, 20, 10, 10, 20, 20, 40, 40, 50, 50, 40, 40, 50, 50])
    #expect(try fitted(.crop, 1, 3) == [10, 20, 30])
    #expect(try fitted(.letterbox, 4, 3) == [0, 0, 0, 10, 20, 30, 40, 50, 60, 0, 0, 0])
  }
}
