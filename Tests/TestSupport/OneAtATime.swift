import Foundation
import Testing

/// Whether this process is a rank that mpirun has started.
public let isRank = ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"] != nil

/// Whether the long forms of the tests are to run: `CNN_DIST_NIGHTLY=1 swift test`.
public let isNightly = ProcessInfo.processInfo.environment["CNN_DIST_NIGHTLY"] != nil

/// All cases by night, every second one by day.
public func halfByDay<Case>(_ cases: [Case]) -> [Case] {
  isNightly ? cases : cases.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
}

/// Keeps suites that start jobs from running at the same time, in whatever target they are: the machine has few cores.
public struct OneAtATime: SuiteTrait, TestScoping {
  /// Waits for the suite's turn, and runs it.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await Turn.shared.take()
    do {
      try await function()
      await Turn.shared.pass()
    } catch {
      await Turn.shared.pass()
      throw error
    }
  }
}

extension Trait where Self == OneAtATime {
  /// Keeps suites with this trait from running at the same time.
  public static var oneAtATime: Self { Self() }
}

private actor Turn {
  static let shared = Turn()
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    guard isTaken else {
      isTaken = true
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func pass() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}
