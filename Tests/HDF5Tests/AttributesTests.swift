import HDF5
import Testing

@Suite struct AttributesTests {
  @Test func everyKindRoundTripsOnEveryObject() throws {
    let long = String(repeating: "{\"class_name\": \"Conv2D\"}, ", count: 10_000)  // 260 kB: over an attribute's 64 KiB
    let bytes = try image { file in
      try file.createGroup("/a/group")
      try file.write([1.5], shape: [1], to: "/a/dataset")
      for path in ["/", "/a/group", "/a/dataset"] {
        try file.writeAttribute("text", "Größe 8×8", of: path)
        try file.writeAttribute("nothing", "", of: path)
        try file.writeAttribute("long", long, of: path)
        try file.writeAttribute("texts", ["one", "", "drei"], of: path)
        try file.writeAttribute("no texts", [String](), of: path)
        try file.writeAttribute("whole", Int.min, of: path)
        try file.writeAttribute("real", 0.1, of: path)
        try file.writeAttribute("list", [3, -1, Int.max], of: path)
        try file.writeEmptyAttribute("empty", of: path)
      }
    }
    let file = try File(image: bytes, name: "image")
    for path in ["/", "/a/group", "/a/dataset"] {
      #expect(try file.attribute("text", of: path) == "Größe 8×8")
      #expect(try file.attribute("nothing", of: path) == "")
      #expect(try file.attribute("long", of: path) == long)
      #expect(try file.attribute("texts", of: path) == ["one", "", "drei"])
      #expect(try file.attribute("no texts", of: path) == [String]())
      #expect(try file.attribute("whole", of: path) == Int.min)
      #expect(try file.attribute("real", of: path) == 0.1)
      #expect(try file.attribute("list", of: path) == [3, -1, Int.max])
      #expect(try file.attribute("empty", of: path) == [String]())
      #expect(try file.attribute("empty", of: path) == [Int]())
      #expect(try file.hasAttribute("empty", of: path))
      #expect(try !file.hasAttribute("Empty", of: path))
    }
  }

  @Test func attributesOfOtherProgramsAreRead() throws {
    let file = try File(opening: fixture("layouts.h5"))
    #expect(try file.attribute("fixed", of: "/") == "fixed length")
    #expect(try file.attribute("fixed_list", of: "/") == ["one", "three"])
    #expect(try file.attribute("h5py_text", of: "/") == "grün")
    #expect(try file.attribute("h5py_list", of: "/") == ["a", "bb"])
    #expect(try file.attribute("h5py_empty", of: "/") == [String]())
    #expect(try file.attribute("h5py_null", of: "/") == [String]())
    #expect(try file.attribute("one_element", of: "/") == 7)
    #expect(try file.attribute("one_element", of: "/") == 7.0)
  }

  @Test func wrongTypesAreErrors() throws {
    let file = try File(
      image: image { file in
        try file.writeAttribute("text", "x", of: "/")
        try file.writeAttribute("real", 0.5, of: "/")
        try file.writeAttribute("list", [1, 2], of: "/")
      }, name: "image")
    expectError(.objectNotFound, "image", "attribute none of /") {
      _ = try file.attribute("none", of: "/", as: Int.self)
    }
    expectError(.objectNotFound, "attribute text of /none") {
      _ = try file.attribute("text", of: "/none", as: Int.self)
    }
    expectError(.mismatch, "attribute text of /", "int64", "string") {
      _ = try file.attribute("text", of: "/", as: Int.self)
    }
    expectError(.mismatch, "text was asked for", "float64") { _ = try file.attribute("real", of: "/", as: String.self) }
    expectError(.mismatch, "int64 was asked for", "float64") { _ = try file.attribute("real", of: "/", as: Int.self) }
    expectError(.mismatch, "holds 2") { _ = try file.attribute("list", of: "/", as: Int.self) }
  }

  /// A few bytes, shuffled or repeated, can stand for gigabytes of text; no more is read than settings have.
  @Test func whatIsLongerThanAnySettingsIsRefused() throws {
    let long = String(repeating: "a", count: FileReadError.textLimit / 2)
    let file = try File(
      image: image { file in
        try file.writeAttribute("long", [long], of: "/")
        try file.writeAttribute("longer", [long + long + "a"], of: "/")
        try file.writeAttribute("all", [long, long, "a"], of: "/")
      }, name: "image")
    #expect(try file.attribute("long", of: "/") == long)
    for name in ["longer", "all"] {
      expectError(.refused, name, "longer than 16.0 MB") { _ = try file.attribute(name, of: "/", as: [String].self) }
    }
  }
}
