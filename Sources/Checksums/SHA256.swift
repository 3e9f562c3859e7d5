internal import CCrypto

/// The SHA-256 of bytes that come piece by piece.
///
/// The corresponding C functions are `EVP_DigestInit_ex`, `EVP_DigestUpdate` and `EVP_DigestFinal_ex`.
public struct SHA256: ~Copyable {
  /// The size of a digest in bytes.
  public static let byteCount = 32

  private let context = EVP_MD_CTX_new()

  /// The digest of nothing so far.
  public init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes the next bytes.
  public func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

  /// The digest; nothing may follow.
  public func digest() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Self.byteCount)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }

  /// The digest in hexadecimal digits; nothing may follow.
  public func hexadecimal() -> String {
    let digits = Array("0123456789abcdef")
    return String(digest().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The digest of all of `bytes`.
  public static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let digest = SHA256()
    digest.update(bytes)
    return digest.digest()
  }

  /// The digest of all of `bytes` in hexadecimal digits.
  public static func hexadecimal(of bytes: [UInt8]) -> String {
    let digest = SHA256()
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.hexadecimal()
  }
}
