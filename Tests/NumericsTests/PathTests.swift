import Numerics
import Testing

/// Paths, also of names that begin with an accent.
///
/// What is expected is what Python's `os.path` makes of the same texts.
struct PathTests {
  @Test(arguments: [
    ("a/b.h5", "a", "b.h5", "a/b"), ("b.h5", ".", "b.h5", "b"), ("/b.h5", "/", "b.h5", "/b"),
    ("a/\u{301}b.h5", "a", "\u{301}b.h5", "a/\u{301}b"), ("/\u{301}", "/", "\u{301}", "/\u{301}"),
    ("a.b/\u{301}c", "a.b", "\u{301}c", "a.b/\u{301}c"), ("a/.b", "a", ".b", "a/.b"),
    ("a/b.\u{301}c", "a", "b.\u{301}c", "a/b"),
    ("a/", "a", "", "a/"), ("", ".", "", ""),
  ])
  func parts(path: String, folder: String, file: String, withoutExtension: String) {
    func expectSame(_ found: String, _ expected: String) { #expect(Array(found.utf8) == Array(expected.utf8)) }
    expectSame(Path.folder(of: path), folder)
    expectSame(Path.file(of: path), file)
    expectSame(Path.withoutExtension(path), withoutExtension)
    #expect(Path.isAbsolute(path) == (path.utf8.first == 0x2F))
  }

  @Test func namesAndSlashes() {
    #expect(Path.parts(of: "/a//\u{301}b/") == ["a", "\u{301}b"])
    #expect(Path.name(of: "a/b/") == "b" && Path.name(of: "/") == "/" && Path.name(of: "") == "")
    #expect(
      Path.withoutSlashes("a//") == "a" && Path.withoutSlashes("//") == "/"
        && Path.withoutSlashes("a/\u{301}") == "a/\u{301}")
  }
}
