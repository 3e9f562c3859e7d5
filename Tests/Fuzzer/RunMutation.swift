import Checksums
import Foundation
import Glibc

/// A way to damage a run's folder that follows from a number.
struct RunMutation {
  private let number: Int
  private var mutation: Mutation

  init(_ number: Int) {
    self.number = number
    mutation = Mutation(seed: UInt64(number))
  }

  /// Whether it is a checkpoint that is damaged.
  var isOfACheckpoint: Bool { number % 32 < 28 }

  /// Damages what lies there, and says what was done.
  mutating func damage(_ run: KilledRun) throws -> String {
    let newest = "checkpoints/step-000000006.h5"
    switch number % 32 {
    case 0...3:
      try change(newest, of: run, sums: false)
      return "\(newest) damaged"
    case 4...15:
      try change(newest, of: run, sums: true)
      return "\(newest) damaged, with its checksum"
    case 16...27:
      var structure = StructureMutation(mutation)
      guard let bytes = try structure.damaged(run.files[newest] ?? []) else { return "nothing" }
      try write(bytes, to: newest, of: run, sums: true)
      return "\(newest) made anew"
    case 28:
      try change("config.yaml", of: run)
      return "config.yaml damaged"
    case 29:
      let name = ["metrics.jsonl", "parameters.jsonl", newest + ".sha256"][mutation.choose(3)]
      try change(name, of: run)
      return "\(name) damaged"
    case 30: return try replace(of: run)
    default:
      let name = Array(run.files.keys.sorted())[mutation.choose(run.files.count)]
      let bytes = run.files[name] ?? []
      try write(Array(bytes[..<mutation.choose(bytes.count)]), to: name, of: run, sums: mutation.choose(2) == 0)
      return "\(name) cut off"
    }
  }

  private mutating func change(_ name: String, of run: KilledRun, sums: Bool = false) throws {
    try write(mutation.damaged(run.files[name] ?? []), to: name, of: run, sums: sums)
  }

  private func write(_ bytes: [UInt8], to name: String, of run: KilledRun, sums: Bool) throws {
    try Data(bytes).write(to: URL(filePath: "\(run.path)/\(name)"))
    guard sums, name.hasSuffix(".h5") else { return }
    let line = "\(SHA256.hexadecimal(of: bytes))  \(name.split(separator: "/").last ?? "")\n"
    try Data(line.utf8).write(to: URL(filePath: "\(run.path)/\(name).sha256"))
  }

  /// Puts something else where a file or folder was, or could be.
  private mutating func replace(of run: KilledRun) throws -> String {
    let names =
      run.files.keys.sorted() + ["checkpoints", "done", "model.h5", ".lock", "checkpoints/step-000000009.h5"]
    let name = names[mutation.choose(names.count)]
    let path = "\(run.path)/\(name)"
    let kind = mutation.choose(9)
    let aside = "\(run.folder)/aside"
    try? FileManager.default.removeItem(atPath: aside)
    rename(path, aside)
    switch kind {
    case 0: return "\(name) removed"
    case 1:
      mkdir(path, 0o777)
      return "\(name) a folder"
    case 2:
      mkfifo(path, 0o666)
      return "\(name) a pipe"
    case 3:
      symlink("\(run.outside)/created", path)
      return "\(name) a link to nothing"
    case 4:
      symlink(path, path)
      return "\(name) a link to itself"
    case 5:
      symlink("/dev/zero", path)
      return "\(name) a link to a device without an end"
    case 6:
      symlink(aside, path)
      return "\(name) a link to what it was"
    case 7:
      try Data().write(to: URL(filePath: path))
      return "\(name) empty"
    default:
      symlink(run.path, path)
      return "\(name) a link to the run"
    }
  }
}
