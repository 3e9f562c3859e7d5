import FoundationEssentials
import Glibc
import HDF5
import NeuralNetwork
import Numerics
import Training

/// Whether the checkpoints of the run fit on the output folder's file system.
enum DiskCheck: Check {
  static let name = "disk"
  static let isQuick = false

  static func examine(_ site: Site) throws -> Verdict {
    guard let work = site.work else { return Verdict("not checked") }
    // Rank 0 writes.
    let needed = try site.gather(site.world.rank == 0 ? try? size(of: work.configuration) : nil)[0]
    let folder = ExistingFolder.above(work.output)
    // What is there already takes no more room: new checkpoints take the place of old ones.
    let free = try site.gather(
      site.world.rank == 0
        ? AtomicFile.freeBytes(in: folder).map { $0 + bytes(of: RunFolder(work.output).checkpointsFolder) } : nil)[0]
    guard let needed, let free else { return Verdict("not known for \(folder)") }
    return verdict(needed: needed, count: fileCount(work.configuration.checkpoint.keep), free: free, folder)
  }

  /// The bytes that a folder's files take.
  static func bytes(of folder: String) -> Int {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).reduce(0) { sum, name in
      var status = stat()
      return stat("\(folder)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
    }
  }

  /// The files of the size of a checkpoint that there are at most: those kept, the best, the model, and one half written.
  static func fileCount(_ keep: Int) -> Int { keep + 3 }

  static func verdict(needed: Int, count: Int, free: Int, _ folder: String) -> Verdict {
    let (total, isTooMuch) = needed.multipliedReportingOverflow(by: count)
    let summary = "\(Text.byteCount(free)) free in \(folder), \(Text.byteCount(total)) needed for checkpoints"
    guard isTooMuch || total > free else { return Verdict(summary) }
    return Verdict(
      summary,
      [
        .error(
          .files,
          "\(folder) has \(Text.byteCount(free)) free, \(count) checkpoints of \(Text.byteCount(needed)) do not fit",
          why:
            "those kept, the best, the model and one half written need that; a full disk ends a run with exit code 74",
          cure: "free some space, take another disk (--output FOLDER), or keep fewer: --set checkpoint.keep=1")
      ])
  }

  /// About the bytes of a checkpoint: the parameters, those of the best epoch, the optimizer's state, and descriptions.
  private static func size(of settings: TrainingConfiguration) throws -> Int {
    let network = try NetworkSize(settings)
    let copies = settings.earlyStopping?.restoreBestWeights == true ? 2 : 1
    let slots = settings.optimizer.value.slots.count
    return (network.parameters * copies + network.trainable * slots) * MemoryLayout<Float>.size + 64 << 10
  }
}
