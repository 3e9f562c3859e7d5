import Foundation
import TestSupport
import Testing

@testable import Reports

/// A dense layer with one input and one output, as a run records it; each further line is an epoch.
func recordedNetwork(_ epochs: [String], layer: String = #"{"class_name":"Dense","config":{"activation":"relu"}}"#)
  -> String
{
  let head = """
    {"step":0,"network":{"input":[1,1,1],"layers":[{"name":"dense","output":[1],"parameters":[{"learns":true,\
    "name":"kernel","shape":[1,1]},{"learns":false,"name":"bias","shape":[1]}],"settings":\(layer)}],\
    "samples":[{"image":[0.5],"label":1}]}}
    """
  return ([head] + epochs).map { $0 + "\n" }.joined()
}

@Suite struct RecordedNetworkTests {
  private func network(_ text: String, atMost count: Int = 400) throws -> RecordedNetwork {
    let folder = try TemporaryFolder()
    try text.write(toFile: folder("parameters.jsonl"), atomically: true, encoding: .utf8)
    return try RecordedNetwork(contentsOf: folder("parameters.jsonl"), atMost: count)
  }

  private static let beginning = #"{"step":0,"epoch":0,"parameters":[[0.25],[null]],"loss":1,"outputs":[[[0.125]]]}"#
  private static let first = #"{"step":2,"epoch":1,"parameters":[[0.5],[0]],"gradients":[[-2]]}"#

  @Test func readsWhatWasRecorded() throws {
    let network = try network(recordedNetwork([Self.beginning, Self.first]) + #"{"step":4,"epo"#)
    #expect(network.recordedCount == 2 && network.epochs.map(\.epoch) == [0, 1])
    #expect(network.epochs[0].parameters == [[0.25], [nil]] && network.epochs[0].gradients == nil)
    #expect(network.epochs[1].gradients == [[-2]] && network.epochs[1].outputs == nil)
  }

  @Test(arguments: [
    #"{"epoch":2,"parameters":[[0.5]]}"#, #"{"epoch":2,"parameters":[[0.5,1],[0]]}"#,
    #"{"epoch":2,"parameters":[[0.5],[0]],"gradients":[[1],[1]]}"#,
    #"{"epoch":2,"parameters":[[0.5],[0]],"outputs":[[[1],[2]]]}"#,
  ]) func refusesNumbersThatFitNoLayer(line: String) throws {
    #expect {
      _ = try network(recordedNetwork([Self.beginning, line]))
    } throws: {
      "\($0)".contains("parameters.jsonl, line 3: expected numbers for the layers")
    }
  }

  @Test(arguments: [(1, 400), (400, 400), (401, 400), (1_001, 400), (100_000, 400), (5_000_000, 400), (50, 3)])
  func choosesTheFirstAndTheLast(count: Int, most: Int) {
    let chosen = RecordedNetwork.chosen(of: count, atMost: most)
    #expect(chosen.count == min(count, most))
    #expect(chosen.first == 0 && chosen.last == count - 1)
    let steps = zip(chosen, chosen.dropFirst()).map { $1 - $0 }
    #expect(steps.allSatisfy { $0 >= 1 })
    // Ever fewer, but for rounding.
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $1 >= $0 - 1 })
  }
}
