import Glibc
import HDF5
import Numerics
import Training

/// A folder that was not there before, for runs that were given none.
enum FreeFolder {
  /// Makes `prefix` with the date and the time behind it, and a number if that is taken: runs may begin in the same second.
  ///
  /// That a name is free is found out by making the folder: two processes that look first both find the same.
  ///
  /// - Throws: `FileWriteError` if none can be made.
  static func make(_ prefix: String) throws -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y%m%d-%H%M%S", &parts)
    let date = String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let name = "\(prefix)-\(date)"
    try RunFolder(Path.folder(of: name)).create()
    var path = name
    var number = 1
    while mkdir(path, 0o777) != 0 {
      guard errno == EEXIST else {
        throw FileWriteError(path: "\(path)/", operation: "make the folder", errno: errno, byteCount: 0)
      }
      number += 1
      path = "\(name)-\(number)"
    }
    return path
  }

  /// Removes it if nothing was put into it: a run that could not begin leaves nothing.
  static func remove(_ path: String) { rmdir(path) }
}
