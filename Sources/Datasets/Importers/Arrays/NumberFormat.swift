/// How a file stores numbers.
struct NumberFormat: Sendable, Equatable, CustomStringConvertible {
  /// What kind of numbers they are.
  enum Kind: String, Sendable {
    case bool
    case uint
    case int
    case float
  }

  let kind: Kind
  /// The size of a number: 1, 2, 4 or 8, of floating-point ones not 1.
  let byteCount: Int
  let isBigEndian: Bool

  static let uint8 = NumberFormat(kind: .uint, byteCount: 1, isBigEndian: false)

  /// How images of such numbers are stored: bytes and bool as bytes, everything else as `Float`.
  var storage: Split.Storage { (kind == .uint && byteCount == 1) || kind == .bool ? .uint8 : .float32 }

  /// The name, such as `big-endian int16`.
  var description: String {
    if kind == .bool { return "bool" }
    return "\(isBigEndian && byteCount > 1 ? "big-endian " : "")\(kind.rawValue)\(8 * byteCount)"
  }

  /// Converts numbers to `Float`, the nearest one; those of up to 16 bits exactly.
  ///
  /// - Parameters:
  ///   - bytes: the numbers as the file has them, as many as `floats` has places.
  ///   - step: the distance of two places that are written, for a channel among others.
  func convert(_ bytes: UnsafeRawBufferPointer, to floats: UnsafeMutablePointer<Float>, step: Int = 1) {
    switch (kind, byteCount) {
    case (.bool, _): write(bytes, UInt8.self, floats, step) { $0 == 0 ? 0 : 1 }
    case (.uint, 1): write(bytes, UInt8.self, floats, step) { Float($0) }
    case (.uint, 2): write(bytes, UInt16.self, floats, step) { Float(order($0)) }
    case (.uint, 4): write(bytes, UInt32.self, floats, step) { Float(order($0)) }
    case (.uint, _): write(bytes, UInt64.self, floats, step) { Float(order($0)) }
    case (.int, 1): write(bytes, Int8.self, floats, step) { Float($0) }
    case (.int, 2): write(bytes, Int16.self, floats, step) { Float(order($0)) }
    case (.int, 4): write(bytes, Int32.self, floats, step) { Float(order($0)) }
    case (.int, _): write(bytes, Int64.self, floats, step) { Float(order($0)) }
    case (.float, 2): write(bytes, UInt16.self, floats, step) { Self.half(order($0)) }
    case (.float, 4): write(bytes, UInt32.self, floats, step) { Float(bitPattern: order($0)) }
    case (.float, _): write(bytes, UInt64.self, floats, step) { Float(Double(bitPattern: order($0))) }
    }
  }

  /// The whole numbers in `bytes`; nil if they are floating-point numbers, or one is beyond `Int64`.
  func integers(_ bytes: UnsafeRawBufferPointer) -> [Int64]? {
    guard kind != .float else { return nil }
    var numbers: [Int64] = []
    numbers.reserveCapacity(bytes.count / byteCount)
    for start in stride(from: 0, to: bytes.count, by: byteCount) {
      var bits: UInt64 = 0
      for offset in 0..<byteCount {
        bits = bits << 8 | UInt64(bytes[start + (isBigEndian ? offset : byteCount - 1 - offset)])
      }
      if kind == .int {
        // Shifted up and down again, the sign fills the upper bits.
        let unused = UInt64(64 - 8 * byteCount)
        numbers.append(Int64(bitPattern: bits << unused) >> Int64(unused))
      } else {
        guard let number = Int64(exactly: kind == .bool ? min(bits, 1) : bits) else { return nil }
        numbers.append(number)
      }
    }
    return numbers
  }

  private func order<T: FixedWidthInteger>(_ bits: T) -> T { isBigEndian ? bits.byteSwapped : bits }

  @inline(__always)
  private func write<T: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ type: T.Type, _ floats: UnsafeMutablePointer<Float>, _ step: Int,
    _ number: (T) -> Float
  ) {
    for index in 0..<bytes.count / MemoryLayout<T>.size {
      floats[index * step] = number(bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
    }
  }

  /// IEEE 754's binary16; Swift's `Float16` is not there on every machine.
  static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction / 16_777_216
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
    }
  }
}
