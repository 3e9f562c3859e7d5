import Testing

@testable import Training

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("1000", 1000, "1000"), ("64M", 64 << 20, "64M"), ("64 MiB", 64 << 20, "64M"), ("1.5g", 3 << 29, "1536M"),
    ("2 TB", 2 << 40, "2T"), ("0", 0, "0"), ("512KB", 512 << 10, "512K"),
  ])
  func forms(text: String, bytes: Int, written: String) throws {
    let count = try #require(ByteCount(text))
    #expect(count.bytes == bytes)
    #expect(count.description == written)
    #expect(ByteCount(written) == count)
  }

  @Test(arguments: ["", "M", "-1M", "64X", "1e99", "1025T", "99999999T", "1.2.3G", "lots"]) func nonsense(text: String)
  {
    #expect(ByteCount(text) == nil)
  }

  @Test func rounded() {
    #expect(ByteCount(bytes: 1_500_000_000).rounded == "1.4 GiB")
    #expect(ByteCount(bytes: 64 << 20).rounded == "64 MiB")
    #expect(ByteCount(bytes: 12).rounded == "12 bytes")
  }
}
