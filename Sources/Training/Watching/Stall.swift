/// Who hangs, as far as one rank can tell.
struct Stall: CustomStringConvertible {
  /// Words for the log.
  let description: String

  /// - Parameters:
  ///   - moment: of the rank that reports, `rank`.
  ///   - notes: what each rank does by its own account; nil of those that are silent, none at all if there is no folder.
  init(_ moment: Heartbeat.Moment, of rank: Int, ranks: [RankPlace], notes: [Heartbeat.Moment?], seconds: Double) {
    var notes = notes
    let knowsOthers = !notes.isEmpty
    if notes.isEmpty { notes = Array(repeating: nil, count: ranks.count) }
    notes[rank] = moment
    let culprits = ranks.indices.filter { other in
      guard let note = notes[other] else { return knowsOthers }
      return note.phase != .waiting
    }
    let accounts = culprits.map { other in
      "rank \(other) (\(ranks[other])) "
        + (notes[other].map { "is \($0.description)" + ($0.step == moment.step ? "" : " of step \($0.step)") }
          ?? "gives no sign of life: it is stopped, or its machine or the network is gone")
    }
    var parts = ["nothing has happened for \(Int(seconds)) s in step \(moment.step)"]
    if !accounts.isEmpty { parts[0] += ": " + accounts.joined(separator: ", ") }
    let waiting = ranks.count - culprits.count
    if !knowsOthers && ranks.count > 1 {
      parts.append("rank \(rank) is \(moment.description) and knows nothing of the others")
    } else if culprits.isEmpty {
      parts.append("all ranks wait for messages of each other: the network loses them")
    } else if waiting > 0 {
      parts.append(waiting == 1 ? "one rank waits for it" : "\(waiting) ranks wait for it")
    }
    description = parts.joined(separator: "; ")
  }
}
