import Foundation

/// How much a test of random cases tries: what the variable `CNN_DIST_…` says, which `jobs/nightly.sh` sets; else `byDay`.
public func amount(_ name: String, byDay: Int) -> Int {
  ProcessInfo.processInfo.environment["CNN_DIST_\(name)"].flatMap { Int($0) } ?? byDay
}
