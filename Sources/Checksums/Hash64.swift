internal import CXXHash

/// A 64-bit hash that tells replicas apart as fast as memory can be read (XXH3, github.com/Cyan4973/xxHash).
///
/// Not cryptographic: it finds faults, not forgeries. What files must prove, ``SHA256`` does.
///
/// The corresponding C function is `XXH3_64bits`.
public func hash64(of bytes: UnsafeRawBufferPointer) -> UInt64 { XXH3_64bits(bytes.baseAddress, bytes.count) }
