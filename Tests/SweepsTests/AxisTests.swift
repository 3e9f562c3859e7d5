import NeuralNetwork
import Testing

@testable import Sweeps

@Suite struct AxisTests {
  private func values(_ text: String) throws -> [ConfigurationValue] {
    guard case .listed(let values, _) = try Axis(text).values else { return [] }
    return values
  }

  /// `numpy.logspace(-5, 1, 7)` and `numpy.linspace(0, 0.5, 6)`, as Python prints them to 12 digits.
  @Test func rangesAreNumPys() throws {
    #expect(
      try values("l2=1e-5:10:log7")
        == [.double(1e-5), .double(1e-4), .double(1e-3), .double(1e-2), .double(0.1), .int(1), .int(10)])
    #expect(
      try values("l2=0:0.5:lin6") == [.int(0), .double(0.1), .double(0.2), .double(0.3), .double(0.4), .double(0.5)])
    #expect(try values("l2=1:2:log3")[1] == .double(1.41421356237))
    #expect(try values("epochs=16:256:log5") == [16, 32, 64, 128, 256].map { .int($0) })
    #expect(try values("x=-1:1:lin3") == [.int(-1), .int(0), .int(1)])
  }

  @Test func listsAreYAML() throws {
    #expect(try values("optimizer.momentum=0,0.5, 0.9") == [.int(0), .double(0.5), .double(0.9)])
    #expect(try values("optimizer=sgd,adam") == [.string("sgd"), .string("adam")])
    #expect(try values("x=true") == [.bool(true)])
    #expect(
      try values("schedule=[constant, {name: cosine_decay, decay_steps: 9}]") == [
        .string("constant"), .mapping(["name": .string("cosine_decay"), "decay_steps": .int(9)]),
      ])
  }

  /// Simple fractions are numbers, also in YAML lists and as the ends of ranges.
  @Test func fractionsAreNumbers() throws {
    #expect(try values("model.scale=1/4,1./8.") == [.double(0.25), .double(0.125)])
    #expect(try values("model.scale=[1/4, a/b]") == [.double(0.25), .string("a/b")])
    #expect(try values("l2=1/4:1:lin2") == [.double(0.25), .int(1)])
  }

  @Test func rangesToDrawFrom() throws {
    #expect(try Axis("l2=1e-5:10:log").values == .range(from: 1e-5, to: 10, isLogarithmic: true))
    #expect(try Axis("l2=0:1:lin").values == .range(from: 0, to: 1, isLogarithmic: false))
  }

  /// Back from `sweep.json`.
  @Test(arguments: ["l2=1e-5:10:log2", "l2=1e-5:10:log", "l2=1,3", "optimizer=sgd,adam"])
  func descriptionsSayAll(text: String) throws {
    let axis = try Axis(text)
    #expect(Axis(axis.description) == axis)
  }

  @Test(arguments: [
    ("l2", "expected setting=values"), ("=1", "expected setting=values"), ("l2=", "expected values, found ''"),
    ("l2=1,,2", "expected values"), ("l2=1,1", "is there twice"), ("l2=1:1:log3", "is empty"),
    ("l2=10:1:log3", "is reversed"), ("l2=0:1:log3", "begins above 0"), ("l2=-1:1:log3", "begins above 0"),
    ("l2=1:2:log1", "2 to 1,000,000 values"), ("l2=1:2:logx", "2 to 1,000,000 values"), ("l2=1:2:cub3", "a range"),
    ("l2=1:2", "a range"), ("l2=nan:2:lin3", "is reversed"), ("l2=[1, 2", "close it"), ("l2=[]", "found none"),
    ("seed=1,2", "--repeats"),
  ])
  func mistakesAreNamed(text: String, words: String) {
    #expect {
      _ = try Axis(text)
    } throws: {
      "\($0)".contains(words) && "\($0)".contains("axis")
    }
  }
}
