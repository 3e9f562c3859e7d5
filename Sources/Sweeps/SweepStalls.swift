import FoundationEssentials
import Reports

extension SweepFolder {
  /// Where the ranks of a group leave notes for each other when they hang.
  func stallFolder(_ part: SweepPart, group: Int) -> String { "\(path)/\(Self.stallPrefix(part))group-\(group)" }

  /// Where all ranks of a job leave notes for each other when they wait between trials.
  func stallFolder(_ part: SweepPart) -> String { "\(path)/\(Self.stallPrefix(part))job" }

  /// Removes the notes that a job of `part` has left which hung, whatever groups it had.
  func removeStallNotes(_ part: SweepPart) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where name.hasPrefix(Self.stallPrefix(part)) { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
  }

  private static func stallPrefix(_ part: SweepPart) -> String { "stalled.\(part.name)." }
}
