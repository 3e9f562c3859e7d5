import Checksums
import HDF5

/// The checksums of a dataset: the SHA-256 of every block of some megabytes, so that damage can be located.
///
/// They lie in a dataset of their own, `/checksums/train/images` for `/train/images`: uint8 of shape `[blocks, 32]`, with
/// the attribute `rows_per_block`. A block is that many samples, in the type and byte order they have in the file.
struct BlockChecksums: Sendable {
  /// The group of all checksums of a store.
  static let group = "/checksums"
  /// The attribute of the checksums that says how many samples a block has.
  static let rowsAttribute = "rows_per_block"
  private static let bytesPerBlock = 4 << 20

  /// The samples of the dataset.
  let rowCount: Int
  /// The samples of a block; the last block may have fewer.
  let rowsPerBlock: Int

  /// Divides `rowCount` samples of so many bytes.
  init(rowCount: Int, bytesPerRow: Int) {
    self.rowCount = rowCount
    rowsPerBlock = min(rowCount, max(1, Self.bytesPerBlock / bytesPerRow))
  }

  init(rowCount: Int, rowsPerBlock: Int) {
    self.rowCount = rowCount
    self.rowsPerBlock = rowsPerBlock
  }

  /// Where the checksums of the dataset at `path` are.
  static func path(of path: String) -> String { group + path }

  /// The number of blocks.
  var blockCount: Int { rowCount / rowsPerBlock + (rowCount % rowsPerBlock == 0 ? 0 : 1) }

  /// The samples of a block.
  func rows(ofBlock block: Int) -> Range<Int> {
    block * rowsPerBlock..<min(rowCount, (block + 1) * rowsPerBlock)
  }
}
