import Glibc
import MPI
import Numerics

/// Whether the hosts' clocks agree.
enum ClockCheck: Check {
  static let name = "clocks"
  static let isQuick = true

  /// The most that clocks may differ by, in seconds.
  private static let tolerance = 1.0
  private static let rounds = 5

  static func examine(_ site: Site) throws -> Verdict {
    let hosts = site.hosts
    guard hosts.count > 1 else { return Verdict("one host, one clock") }
    var offsets = [Double](repeating: 0, count: hosts.count)
    for (number, host) in hosts.enumerated().dropFirst() {
      if site.world.rank == 0 { offsets[number] = try offset(of: host.ranks[0], site.world) }
      if site.world.rank == host.ranks[0] { try answer(site.world) }
    }
    // Rank 0 has measured.
    offsets = try site.gather(offsets)[0]
    return verdict(hosts: hosts.map(\.name), offsets: offsets)
  }

  static func verdict(hosts: [String], offsets: [Double]) -> Verdict {
    let largest = offsets.map(\.magnitude).max() ?? 0
    let findings = zip(hosts, offsets).filter { $1.magnitude > tolerance }.map { host, offset in
      Finding.warning(
        "the clock of \(host) is \(Text.duration(offset.magnitude)) \(offset > 0 ? "ahead of" : "behind") that of \(hosts[0])",
        why: "deadlines pass at the wrong time, and the times in logs and files contradict each other",
        cure: "have clocks set by NTP on \(host): timedatectl set-ntp true")
    }
    return Verdict("\(hosts.count) hosts, within \(Text.fixed(largest * 1000, 1)) ms", findings)
  }

  /// How far a clock is ahead, from the times at which questions were sent, answered there, and the answers came.
  ///
  /// The quickest exchange says it best: the answer was given half-way, give or take half of what it took.
  static func offset(_ exchanges: [(sent: Double, answered: Double, received: Double)]) -> Double {
    guard let best = exchanges.min(by: { $0.received - $0.sent < $1.received - $1.sent }) else { return 0 }
    return best.answered - (best.sent + best.received) / 2
  }

  private static func offset(of rank: Int, _ world: Communicator) throws -> Double {
    var exchanges: [(sent: Double, answered: Double, received: Double)] = []
    for _ in 0..<rounds {
      var answered = 0.0
      let sent = now()
      try withUnsafeBytes(of: sent) { try world.send($0, to: rank) }
      try withUnsafeMutableBytes(of: &answered) { try world.receive($0, from: rank) }
      exchanges.append((sent, answered, now()))
    }
    return offset(exchanges)
  }

  private static func answer(_ world: Communicator) throws {
    for _ in 0..<rounds {
      var question = 0.0
      try withUnsafeMutableBytes(of: &question) { try world.receive($0, from: 0) }
      try withUnsafeBytes(of: now()) { try world.send($0, to: 0) }
    }
  }

  /// Seconds since 1970.
  ///
  /// The corresponding C function is `clock_gettime`.
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
