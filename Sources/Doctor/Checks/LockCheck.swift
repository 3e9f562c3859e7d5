import FoundationEssentials
import Glibc
import HDF5
import Numerics
import Training

/// Whether the output folder's file system can be written, has locks that other processes heed, and lets HDF5 read.
enum LockCheck: Check {
  static let name = "locks"
  static let isQuick = false

  /// What a rank has come to.
  struct Trial: Codable, Equatable {
    /// Why nothing could be written.
    var writing: String?
    /// Whether it was let in where rank 0 holds the lock.
    var isLetIn = false
    /// Why HDF5 could not read.
    var reading: String?
  }

  static func examine(_ site: Site) throws -> Verdict {
    guard let output = site.work?.output else { return Verdict("not checked") }
    let parent = ExistingFolder.above(output)
    let folder = "\(parent)/.cnn-dist-doctor-\(try site.world.broadcast("\(getpid())", from: 0))"
    var mine = Trial()
    var lock: RunLock?
    if site.world.rank == 0 {
      do {
        try RunFolder(folder).create()
        lock = try RunLock(folder: folder, patience: .zero)
        let file = try File.inMemory()
        try file.write([Float(1)], shape: [1], to: "values")
        try AtomicFile.write(file.image(), to: "\(folder)/file.h5", isReadBack: true)
      } catch {
        mine.writing = "\(error)"
      }
    }
    try site.world.barrier()
    // One rank of each host tries. Rank 0 too: to the system, a lock opened twice is that of two.
    if site.hosts.contains(where: { $0.ranks[0] == site.world.rank }), mine.writing == nil {
      mine.isLetIn = (try? RunLock(folder: folder, patience: .zero)) != nil
      do {
        _ = try File(opening: "\(folder)/file.h5")
      } catch {
        mine.reading = "\(error)"
      }
    }
    let trials = try site.gather(mine)
    withExtendedLifetime(lock) {}
    if site.world.rank == 0 { try? FileManager.default.removeItem(atPath: folder) }
    return verdict(trials, site.ranks, parent)
  }

  static func verdict(_ trials: [Trial], _ ranks: [RankFacts], _ folder: String) -> Verdict {
    let summary = "\(folder): written, locked, read by HDF5"
    if let problem = trials[0].writing {
      return Verdict(
        summary,
        [
          .error(
            .files, "rank 0 (\(ranks[0].host)) cannot write: \(problem)", why: "checkpoints and results go there",
            cure: "name another folder: --output FOLDER")
        ])
    }
    var findings: [Finding] = []
    let blind = trials.indices.filter { trials[$0].reading != nil }
    if let rank = blind.first, let problem = trials[rank].reading {
      findings.append(
        .error(
          .files, "\(RankNames.text(blind)) (\(ranks[rank].host)): HDF5 cannot read in \(folder): \(problem)",
          why: "stores and checkpoints are HDF5 files, which the library locks while it reads them",
          cure: "if its file system has no locks: mpirun -x HDF5_USE_FILE_LOCKING=FALSE …; "
            + "if the hosts do not share the folder: --output FOLDER on one that they share"))
    }
    let open = trials.indices.filter { trials[$0].isLetIn }
    if let rank = open.first, blind.isEmpty {
      findings.append(
        .warning(
          "locks have no effect in \(folder): \(RankNames.text(open)) (\(ranks[rank].host)) can take one that is held",
          why: "two trainings into one folder by mistake would not be noticed",
          cure: "give every run a folder of its own, or mount the file system with locks (Lustre: -o flock)"))
    }
    return Verdict(summary, findings)
  }
}

/// Folders that are there.
enum ExistingFolder {
  /// The folder at `path`, or the nearest one above it that is there.
  static func above(_ path: String) -> String {
    var path = path
    var status = stat()
    while path != "." {
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return path }
      path = Path.folder(of: path)
    }
    return "."
  }
}
