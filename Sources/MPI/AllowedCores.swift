internal import Foundation

/// The cores that a process may run on.
public enum AllowedCores {
  /// Those of this process, in ascending order; nil if the system does not say.
  ///
  /// Swift does not see `sched_getaffinity`; the kernel says the same in /proc/self/status.
  public static var ofThisProcess: [Int]? {
    guard let status = FileManager.default.contents(atPath: "/proc/self/status") else { return nil }
    for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":")
      if parts.count == 2, parts[0] == "Cpus_allowed_list" { return list(parts[1]) }
    }
    return nil
  }

  /// The numbers of a list such as `0-3,8,10-11`; nil if it is none.
  public static func list(_ text: Substring) -> [Int]? {
    var cores: [Int] = []
    for part in text.split(separator: ",") {
      let ends = part.filter { !$0.isWhitespace }.split(separator: "-").map { Int($0) }
      guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
        return nil
      }
      cores += first...last
    }
    return cores.isEmpty ? nil : cores
  }
}
