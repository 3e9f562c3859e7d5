import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct VisibleTextTests {
  @Test(arguments: [
    ("cat", "cat"), ("a\u{1B}[2Jb\n\t\r", #"a\u{1B}[2Jb\n\t\r"#), ("gpj.\u{202E}cat", #"gpj.\u{202E}cat"#),
    ("a\u{85}\u{9B}\u{2028}b", #"a\u{85}\u{9B}\u{2028}b"#),
    ("ca\u{200D}t\u{AD}\u{FEFF}", #"ca\u{200D}t\u{AD}\u{FEFF}"#),
    // Letters of every script, accents, signs that precede, emoji, and what these need between them.
    ("猫 ñ e\u{301} \u{600}٣", "猫 ñ e\u{301} \u{600}٣"), ("می\u{200C}خواهم", "می\u{200C}خواهم"),
    ("❤\u{FE0F}\u{200D}🔥 x", "❤\u{FE0F}\u{200D}🔥 x"), ("x\u{FFFE}\u{1FFFF}", #"x\u{FFFE}\u{1FFFF}"#),
  ])
  func showsWhatIsNotSeen(text: String, shown: String) { #expect(Text.visible(text) == shown) }

  @Test func linesStayLines() { #expect(Text.visibleLines("a\nb\u{1B}\r\nc") == "a\nb\\u{1B}\\r\nc") }

  @Test func nothingThatSteersIsLeft() {
    for text in HostileTexts.all.map(Text.visible) {
      #expect(
        text.unicodeScalars.allSatisfy {
          $0.properties.generalCategory != .control && !(0x2028...0x202E).contains($0.value)
            && !(0x2066...0x2069).contains($0.value)
        }, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
    }
  }

  @Test func escapesOfJSONReadBack() throws {
    let texts = HostileTexts.all
    let document = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    let shown = Text.visibleJSON(document)
    #expect(!shown.contains("\u{202E}"))
    let back = try JSONDecoder().decode([String].self, from: Data(shown.utf8))
    #expect(back.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
  }
}
