import NeuralNetwork
import Testing

@testable import Sweeps

@Suite struct GridTests {
  @Test func everyCombinationTheLastAxisFastest() throws {
    let grid = try Grid([Axis("a=1,2"), Axis("b=x,y,z")], .all, seed: 0)
    #expect(grid.count == 6)
    #expect(
      (0..<6).map { grid.point($0).map(\.bareText).joined() } == ["1x", "1y", "1z", "2x", "2y", "2z"])
  }

  @Test func hugeGridsAreCountedNotMade() throws {
    let axes = try (0..<12).map { try Axis("a\($0)=0:1:lin100") }
    #expect(try Grid(Array(axes.prefix(3)), .all, seed: 0).count == 1_000_000)
    #expect(try Grid(axes, .all, seed: 0).count == .max)
  }

  /// More points leave the first ones as they are, and all lie in their ranges.
  @Test func randomPointsCanBeExtended() throws {
    let axes = try [Axis("a=1e-5:10:log"), Axis("b=-1:1:lin"), Axis("c=x,y")]
    let (few, many) = try (Grid(axes, .random(20), seed: 3), Grid(axes, .random(400), seed: 3))
    #expect((0..<20).allSatisfy { few.point($0) == many.point($0) })
    #expect(try Grid(axes, .random(20), seed: 4).point(0) != few.point(0))
    var (below, linear, letters) = (0, 0.0, Set<String>())
    for index in 0..<400 {
      let point = many.point(index)
      guard case .double(let a) = point[0], case .double(let b) = point[1] else {
        Issue.record("\(point)")
        continue
      }
      #expect(a >= 1e-5 && a <= 10 && b >= -1 && b <= 1)
      if a < 1e-2 { below += 1 }
      linear += b
      letters.insert(point[2].bareText)
    }
    // Of 400 draws half are expected below the middle of the decades, with a deviation of 10; the mean of the linear draws
    // has a deviation of 0.03. Five deviations.
    #expect(abs(below - 200) < 50 && abs(linear / 400) < 0.15 && letters == ["x", "y"])
  }

  /// Each of 50 equal parts of each axis once.
  @Test func aLatinHypercubeSeesEveryPart() throws {
    let grid = try Grid([Axis("a=0:50:lin"), Axis("b=0:50:lin")], .latinHypercube(50), seed: 1)
    for axis in 0..<2 {
      let parts = (0..<50).map { index -> Int in
        switch grid.point(index)[axis] {
        case .double(let value): Int(value)
        case .int(let value): value
        default: -1
        }
      }
      #expect(parts.sorted() == Array(0..<50))
      #expect(parts != Array(0..<50))
    }
  }

  /// Ranges over all numbers, and more points than any machine draws.
  @Test func theEndsOfNumbers() throws {
    for form in ["-1e308:1e308:lin5", "5e-324:1e308:log5"] {
      let grid = try Grid([Axis("a=\(form)")], .all, seed: 0)
      for index in 0..<5 {
        guard case .double(let value) = grid.point(index)[0] else { continue }
        #expect(value.isFinite)
      }
    }
    for count in [0, -1, 2_000_000_000, .max] {
      #expect(throws: ConfigurationError.self) { try Grid([Axis("a=0:1:lin")], .latinHypercube(count), seed: 0) }
      #expect(throws: ConfigurationError.self) { try Grid([Axis("a=0:1:lin")], .random(count), seed: 0) }
    }
  }

  @Test func mistakesAreNamed() throws {
    #expect(throws: ConfigurationError.self) { try Grid([Axis("a=1"), Axis("a=2")], .all, seed: 0) }
    #expect {
      _ = try Grid([Axis("a=1:2:log")], .all, seed: 0)
    } throws: {
      "\($0)".contains("--random")
    }
  }
}
