import Glibc

/// Who holds a lock, as its file says it: `node7 4711 4026531836 2026-11-30T23:51:33Z`.
struct LockHolder: Equatable {
  /// The name of the machine.
  let host: String
  /// The number of the process, as those of its container see it.
  let process: Int32
  /// Which processes see it under that number: those of one container.
  let namespace: String
  /// Since when.
  let time: String

  /// This process, from now on.
  static var current: LockHolder {
    var now = Glibc.time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let namespace = text(capacity: 64) { readlink("/proc/self/ns/pid", $0, $1) }
    return LockHolder(
      host: text(capacity: 256) { gethostname($0, $1) == 0 ? Int(strnlen($0, $1)) : 0 }, process: getpid(),
      namespace: namespace.filter(\.isNumber),
      time: text(capacity: 32) { Int(strftime($0, $1, "%Y-%m-%dT%H:%M:%SZ", &parts)) })
  }

  private static func text(capacity: Int, _ fill: (UnsafeMutablePointer<CChar>, Int) -> Int) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { room in
      guard let start = room.baseAddress else { return "" }
      let count = max(fill(start, capacity), 0)
      return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }

  private init(host: String, process: Int32, namespace: String, time: String) {
    (self.host, self.process, self.namespace, self.time) = (host, process, namespace, time)
  }

  /// Reads the file of a lock; nil if it says nothing, or not in this form.
  init?(readFrom path: String) {
    for file in [path + "-held", path] {
      let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      self.init(readFrom: descriptor)
      return
    }
    return nil
  }

  /// Reads an open file.
  init?(readFrom descriptor: Int32) {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    // A file is data: nothing of it is shown that has another form.
    let fields = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard fields.count == 4, let process = Int32(fields[1]), process > 0,
      fields.allSatisfy({ $0.utf8.count < 256 && $0.utf8.allSatisfy(Self.isPlain) })
    else { return nil }
    self.init(host: String(fields[0]), process: process, namespace: String(fields[2]), time: String(fields[3]))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  /// Writes it into the lock's file; that others can read who it is decides nothing.
  func write(to descriptor: Int32) {
    let text = "\(host) \(process) \(namespace) \(time)\n"
    guard ftruncate(descriptor, 0) == 0 else { return }
    _ = text.utf8CString.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count - 1, 0) }
  }

  /// Whether it is a process that this one would see, and does not.
  var hasEnded: Bool {
    let here = LockHolder.current
    return host == here.host && namespace == here.namespace && kill(process, 0) != 0 && errno == ESRCH
  }

  /// As messages say it.
  var text: String { " (process \(process) on \(host), since \(time))" }
}
