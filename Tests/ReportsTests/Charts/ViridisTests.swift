import Testing

@testable import Reports

@Suite struct ViridisTests {
  // Of matplotlib's table of 256, as bytes.
  @Test(arguments: [
    (0, 0x44, 0x01, 0x54), (1, 0x44, 0x02, 0x56), (37, 0x46, 0x33, 0x7f), (64, 0x3b, 0x52, 0x8b),
    (100, 0x2a, 0x76, 0x8e), (128, 0x21, 0x91, 0x8c), (191, 0x5c, 0xc8, 0x63), (200, 0x70, 0xcf, 0x57),
    (254, 0xfb, 0xe7, 0x23), (255, 0xfd, 0xe7, 0x25),
  ])
  func isThePublishedMap(entry: Int, red: Int, green: Int, blue: Int) {
    let color = Viridis.color(at: Double(entry) / 255)
    #expect(abs(color.red - red) <= 1 && abs(color.green - green) <= 1 && abs(color.blue - blue) <= 1, "\(color)")
  }

  @Test func endsAtItsEnds() {
    #expect(Viridis.color(at: -3).hexadecimal == "#440154")
    #expect(Viridis.color(at: .nan).hexadecimal == "#440154")
    #expect(Viridis.color(at: 7).hexadecimal == "#fde725")
  }

  @Test func inkIsReadable() {
    for step in 0...100 {
      let color = Viridis.color(at: Double(step) / 100)
      let contrast = color.takesDarkInk ? (color.luminance + 0.05) / 0.05 : 1.05 / (color.luminance + 0.05)
      #expect(contrast > 4.5, "\(color)")
    }
  }
}
