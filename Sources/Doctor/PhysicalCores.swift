import FoundationEssentials
import MPI

/// The cores of a machine, of which each may be several processors to the system.
///
/// Two ranks on the two threads of a core share its arithmetic units as two ranks on one processor do.
struct PhysicalCores {
  /// The number of the first thread of each thread's core.
  private let firstThread: [Int: Int]

  /// Reads what the kernel says of threads and cores.
  ///
  /// - Parameter folder: Linux' `/sys/devices/system/cpu`; where it says nothing every processor is a core.
  init(_ folder: String = "/sys/devices/system/cpu") {
    func list(_ name: String) -> [Int]? {
      guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
      return AllowedCores.list(Substring(String(decoding: bytes, as: UTF8.self)))
    }
    // Machines without such threads are spared reading a file for each processor.
    guard list("smt/active") == [1], let online = list("online") else {
      firstThread = [:]
      return
    }
    firstThread = Dictionary(
      uniqueKeysWithValues: online.map { ($0, list("cpu\($0)/topology/thread_siblings_list")?.first ?? $0) })
  }

  /// The cores that processors belong to, each by its first thread, in ascending order.
  func cores(of processors: [Int]) -> [Int] { Set(processors.map { firstThread[$0] ?? $0 }).sorted() }

  /// How many cores a machine has that shows `processors` processors.
  func count(processors: Int) -> Int { firstThread.isEmpty ? processors : Set(firstThread.values).count }
}
