import NeuralNetwork
import Testing

@testable import Reports

@Suite struct SweepHeatMapsTests {
  @Test func aCellForEachStateAndACommonScale() {
    let maps = SweepFixture.states.heatMaps(rows: 0, columns: 1, splits: [.training, .validation])
    #expect(maps.map(\.title) == ["Training accuracy", "Test accuracy"])
    #expect(maps.map(\.scale.range) == [0.089...0.99, 0.089...0.99])
    let map = maps[1]
    #expect(map.rows == .init(title: "learning rate η", labels: ["10⁻⁵", "10⁻³", "10⁻¹"]))
    #expect(map.columns == .init(title: "L2 λ", labels: ["10⁻⁴", "1"]))
    #expect(map.cells.map { $0.map { map.text($0) } } == [["0.110", nil], ["0.976", "0.900"], ["0.089", nil]])
    #expect(map.cells.map { $0.map(\.marks) } == [["S", "F"], ["", ""], ["D", "M"]])
    #expect(map.cells.map { $0.map(\.isBest) } == [[false, false], [true, false], [false, false]])
    #expect(map.legend == ["D diverged", "S stopped", "F failed", "M missing"])
  }

  @Test func theBestOverTheOtherSettings() {
    let axis = { (name: String, values: [String]) in
      SweepDescription.Axis(setting: name, values: values.map { .string($0) }, scale: .listed)
    }
    let trial = { (number: Int, place: [String], outcome: TrialRecord.Outcome, test: Double?) in
      let point: [String: ConfigurationValue] = [
        "a": .string(place[0]), "b": .string(place[1]), "c": .string(place[2]),
      ]
      return SweepFixture.trial(number, at: point, outcome, training: test, test: test)
    }
    let results = SweepResults(
      SweepFixture.grid(axes: [axis("a", ["x", "y"]), axis("b", ["p", "q"]), axis("c", ["1", "2"])]),
      [
        trial(1, ["x", "p", "1"], .completed, 0.5), trial(2, ["x", "p", "2"], .completed, 0.75),
        trial(3, ["x", "q", "1"], .stopped, 0.95), trial(4, ["x", "q", "2"], .completed, 0.25),
        trial(5, ["y", "p", "1"], .failed, nil),
      ])
    let map = results.heatMaps(rows: 0, columns: 1, splits: [.validation])[0]
    #expect(map.title == "Test accuracy by a and b: best value of the settings not shown")
    #expect(map.cells.map { $0.map { map.text($0) } } == [["0.750", "0.250"], [nil, nil]])
    #expect(map.cells.map { $0.map(\.marks) } == [["", ""], ["F1 M1", "M"]])
    #expect(map.cells[0][0].isBest)
  }

  @Test func lowerLossIsBrighter() {
    let scale = ColorScale([0.01, 1, 100], higherIsBrighter: false)
    #expect(scale.isLogarithmic)
    #expect(scale.share(of: 0.01) == 1)
    #expect(abs(scale.share(of: 1) - 0.5) < 1e-12)
    #expect(scale.color(of: 100).hexadecimal == "#440154")
  }
}
