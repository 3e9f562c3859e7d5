import Glibc
import MPI

/// Where a rank runs.
public struct RankPlace: Sendable, Equatable, CustomStringConvertible {
  /// The machine's name.
  public let host: String
  /// The process' number there.
  public let process: Int

  /// `n2, process 4711`.
  public var description: String { "\(host), process \(process)" }

  /// Where this process runs.
  ///
  /// The corresponding C functions are `gethostname` and `getpid`.
  static var ofThisProcess: RankPlace {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return RankPlace(host: host, process: Int(getpid()))
  }

  /// Where each rank of `world` runs, on every rank.
  ///
  /// Collective: every rank must call this.
  static func all(of world: Communicator) throws(MPIError) -> [RankPlace] {
    let place = ofThisProcess
    let mine = Array("\(place.process) \(place.host)".utf8)
    let all = try world.gather(mine, to: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    return try world.broadcast(all, from: 0).split(separator: "\n").map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      return RankPlace(host: parts.last.map(String.init) ?? "", process: parts.first.flatMap { Int($0) } ?? 0)
    }
  }
}
