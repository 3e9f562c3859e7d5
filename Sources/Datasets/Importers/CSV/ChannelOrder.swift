/// In which order the columns of a table have the channels of pixels, by their names.
enum ChannelOrder: Equatable {
  /// Red, green, blue of the first pixel, of the second, and so on.
  case interleaved
  /// Red of all pixels, then green, then blue.
  case planar
  /// The names do not tell.
  case unknown

  private static let words: [[UInt8]: Int] = {
    let names = [["r", "red"], ["g", "green"], ["b", "blue"], ["a", "alpha"]]
    let pairs = names.enumerated().flatMap { channel, names in names.map { (Array($0.utf8), channel) } }
    return Dictionary(uniqueKeysWithValues: pairs)
  }()

  /// Reads the names of all columns but one: `r0, g0, b0, r1, …` or `red_0, red_1, …`.
  ///
  /// - Throws: `DatasetError` if they name channels in another order, such as blue first.
  init(of lines: CSVLines, except column: Int, channels: Int) throws(DatasetError) {
    var found: [Int] = []
    for field in lines.fields.indices where field != column {
      guard let channel = Self.channel(lines.bytes[lines.fields[field]]) else {
        self = .unknown
        return
      }
      found.append(channel)
    }
    let pixels = found.count / channels
    if found.indices.allSatisfy({ found[$0] == $0 % channels }) {
      self = .interleaved
    } else if found.indices.allSatisfy({ found[$0] == $0 / pixels }) {
      self = .planar
    } else {
      throw lines.error(
        expected: "columns of red, green and blue in this order, for each pixel or one after the other",
        found: "another order", advice: "write the columns in one of these orders")
    }
  }

  /// The channel that one of the words of a name is, in either case; nil if there is none.
  private static func channel(_ name: Slice<UnsafeRawBufferPointer>) -> Int? {
    let letters = name.map { $0 | 0x20 }.split { !(0x61...0x7A).contains($0) }
    return letters.lazy.compactMap { words[Array($0)] }.first
  }
}

/// Numbers `[C, pixels]` in the order `[pixels, C]`.
func planesToPixels(_ planes: [Float], channels: Int) -> [Float] {
  let pixels = planes.count / channels
  return (0..<planes.count).map { planes[$0 % channels * pixels + $0 / channels] }
}
