/// Who hangs, as far as one rank can tell.
struct Stall: CustomStringConvertible {
  /// What a rank knows of the others.
  enum Knowledge: Equatable, Sendable {
    /// What each rank does by its own account; nil of those that are silent.
    case notes([Heartbeat.Moment?])
    /// Nothing, and why.
    case nothing(String)

    /// Whether a rank gives no sign of life.
    var hasSilentRank: Bool { if case .notes(let found) = self { found.contains(nil) } else { false } }
  }

  /// Words for the log.
  let description: String

  /// - Parameters:
  ///   - moment: of the rank that reports, `rank`.
  ///   - ranks: where each runs; nil of those that have not said so yet.
  init(_ moment: Heartbeat.Moment, of rank: Int, ranks: [RankPlace?], _ knowledge: Knowledge, seconds: Double) {
    var notes = [Heartbeat.Moment?](repeating: nil, count: ranks.count)
    var ignorance: String?
    switch knowledge {
    case .notes(let found): notes = found
    case .nothing(let reason): ignorance = reason
    }
    notes[rank] = moment
    let culprits = ranks.indices.filter { other in
      guard let note = notes[other] else { return ignorance == nil }
      return note.phase != .waiting && note.phase != .moving
    }
    let accounts = culprits.map { other in
      "\(Self.name(of: other, ranks)) "
        + (notes[other].map {
          "is \($0.description)" + ($0.step == moment.step || $0.step < 0 ? "" : " of step \($0.step)")
        }
          ?? "gives no sign of life: it is stopped, its machine or the network is gone, or it has far more to do")
    }
    let place = moment.step > 0 ? " in step \(moment.step)" : moment.step == 0 ? " before the first step" : ""
    var parts = ["nothing has happened for \(Int(seconds)) s\(place)"]
    if !accounts.isEmpty { parts[0] += ": " + accounts.joined(separator: ", ") }
    let waiting = notes.count { $0?.phase == .waiting }
    if let ignorance, ranks.count > 1 {
      parts.append(
        "\(Self.name(of: rank, ranks)) is \(moment.description) and knows nothing of the others: \(ignorance)")
    } else if culprits.isEmpty {
      parts.append("all ranks wait for messages of each other: the network loses them")
    } else if waiting > 0 {
      parts.append(waiting == 1 ? "one rank waits for it" : "\(waiting) ranks wait for it")
    }
    description = parts.joined(separator: "; ")
  }

  /// A rank with its place, if that is known: `rank 3 (n2, process 4711)`.
  private static func name(of rank: Int, _ ranks: [RankPlace?]) -> String {
    "rank \(rank)" + (ranks[rank].map { " (\($0))" } ?? "")
  }
}
