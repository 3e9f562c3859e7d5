import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// A disk that is full at some write of a run: exit code 74, every checkpoint good, nothing half written; then there is
  /// room, and training goes on to the same bits.
  ///
  /// In mount namespaces of their own: only root may make one.
  @Suite(.enabled(if: geteuid() == 0)) struct FullDiskTests {
    private static let script = """
      set -u
      ranks=$1 options=$2
      shift 2
      train() { if [ $ranks = 1 ]; then "$@"; else mpirun -n $ranks "$@"; fi; }
      "$@" --output reference > reference.out || exit 98
      mkdir disk
      for option in $options; do
        mount -t tmpfs -o $option tmpfs disk || exit 99
        train "$@" --output disk/run > first.out 2> first.err
        first=$?
        messages=$(grep -c '^cnn-dist:.*No space left on device' first.err)
        damaged=0
        for file in disk/run/checkpoints/*.h5; do
          [ -e "$file" ] || continue
          (cd disk/run/checkpoints && sha256sum --status --check "${file##*/}.sha256") || damaged=$((damaged + 1))
        done
        partial=$(find disk -name '*tmp*' | wc -l)
        mount -o remount,size=100M,nr_inodes=0 disk
        resume=
        [ -z "$(ls disk/run 2> second.err)" ] || resume=--resume
        train "$@" --output disk/run $resume > second.out 2> second.err
        second=$?
        cmp -s disk/run/model.h5 reference/model.h5 && same=same || same=different
        echo "$option: $first, $messages messages, $damaged damaged, $partial partial; $second, $same"
        umount disk
      done
      """

    private func run(ranks: Int, _ options: [String]) throws -> [String] {
      let folder = try TemporaryFolder()
      let program = [
        BuiltProgram.path(of: "cnn-dist"), "train", "--store", BuiltProgram.digits, "--epochs", "2", "--log-every", "1",
        "--checkpoint-every", "4 steps", "--checkpoint-keep", "2", "--quiet",
      ]
      let result = try MPIRun(
        command: ["unshare", "-m", "sh", "-c", Self.script, "sh", "\(ranks)", options.joined(separator: " ")] + program,
        in: folder.path, timeout: 30 + 6 * options.count
      ).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      return result.output.split(separator: "\n").map(String.init)
    }

    /// Full at a checksum, the first checkpoint, a later one; no room for another file, or for that of the settings.
    @Test(
      .timeLimit(.minutes(2)),
      arguments: [
        (1, ["size=8k", "size=40k", "size=160k", "nr_inodes=9", "nr_inodes=4"]), (3, ["size=124k"]),
      ])
    func someWrites(ranks: Int, options: [String]) throws {
      let lines = try run(ranks: ranks, options)
      #expect(lines == options.map { "\($0): 74, 1 messages, 0 damaged, 0 partial; 0, same" })
    }

    /// Page by page, and file by file, until the run has room.
    @Test(.timeLimit(.minutes(10)), .enabled(if: isNightly)) func everyWrite() throws {
      let options = (1...80).map { "size=\(4 * $0)k" } + (1...24).map { "nr_inodes=\($0)" }
      let lines = try run(ranks: 1, options)
      #expect(lines.count == options.count)
      var full = 0
      for (option, line) in zip(options, lines) {
        if line == "\(option): 74, 1 messages, 0 damaged, 0 partial; 0, same" {
          full += 1
        } else {
          #expect(line == "\(option): 0, 0 messages, 0 damaged, 0 partial; 0, same")
        }
      }
      #expect((60..<90).contains(full), "\(full) of \(lines.count)")
    }
  }
}
