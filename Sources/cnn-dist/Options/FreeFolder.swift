import Glibc

/// A folder that is not there yet, for runs that were given none.
enum FreeFolder {
  /// `prefix` with the date and the time behind it, and a number if that is taken: runs may begin in the same second.
  static func name(_ prefix: String) -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y%m%d-%H%M%S", &parts)
    let date = String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let name = "\(prefix)-\(date)"
    let others = (2...).lazy.map { "\(name)-\($0)" }
    return access(name, F_OK) == 0 ? others.first { access($0, F_OK) != 0 } ?? name : name
  }
}
