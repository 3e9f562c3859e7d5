import Datasets
import Numerics
import Pictures

/// Samples as pictures: which of their numbers is black, and which white.
struct SampleDrawing {
  /// The pictures, in the samples' order.
  let pictures: [Picture]
  /// What a viewer should know.
  let notes: [String]

  /// Draws `count` samples of a split.
  ///
  /// Bytes are 0 to 255, unless all are below 128, as those of the digits are, which would look black. Other numbers run
  /// from the least to the largest: of each sample, or of all if they are drawn `inOneRange`.
  ///
  /// - Parameter image: the pixels of a sample, `[H, W, C]`; asked for twice, so that not all need to be in memory.
  init(_ split: Split, _ count: Int, inOneRange: Bool = false, image: (Int) -> [Float]) {
    let channels = split.imageShape[2]
    var notes: [String] = []
    if channels != 1 && channels != 3 { notes.append("the first of \(channels) channels, as grey") }

    var ranges = (0..<count).map { Self.range(of: image($0), channels: channels) }
    let all = (ranges.map(\.lowerBound).min() ?? 0)...(ranges.map(\.upperBound).max() ?? 0)
    if split.storage == .uint8 {
      let white = all.upperBound < 128 && all.upperBound > 0 ? all.upperBound : 255
      ranges = Array(repeating: 0...white, count: count)
      if white < 255 { notes.append("white is \(Text.fixed(Double(white), 0)), the largest value") }
    } else if inOneRange {
      ranges = Array(repeating: all, count: count)
      notes.append("black is \(all.lowerBound), white \(all.upperBound), the least and the largest value")
    } else {
      notes.append("black and white are the least and the largest value of each")
    }
    pictures = (0..<count).map { Self.picture(image($0), of: split.imageShape, ranges[$0]) }
    self.notes = notes
  }

  /// The channels that are seen.
  private static func shown(_ channels: Int) -> Range<Int> { 0..<(channels == 3 ? 3 : 1) }

  private static func range(of image: [Float], channels: Int) -> ClosedRange<Float> {
    var range = image[0]...image[0]
    for channel in shown(channels) {
      for place in stride(from: channel, to: image.count, by: channels) {
        range = min(range.lowerBound, image[place])...max(range.upperBound, image[place])
      }
    }
    return range
  }

  /// An image whose values in `range` run from black to white; what has one value only is grey.
  private static func picture(_ image: [Float], of shape: [Int], _ range: ClosedRange<Float>) -> Picture {
    // Halved, so that the difference of the two largest numbers there are is one.
    let width = range.upperBound / 2 - range.lowerBound / 2
    let planes = shown(shape[2]).map { channel in
      stride(from: channel, to: image.count, by: shape[2]).map { place in
        width > 0 ? (image[place] / 2 - range.lowerBound / 2) / width * 255 : 128
      }
    }
    return Picture(width: shape[1], height: shape[0], planes: planes)
  }
}
