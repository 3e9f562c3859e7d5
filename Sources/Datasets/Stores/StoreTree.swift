import HDF5
import Numerics

/// What is in an HDF5 file, whatever it is: groups, datasets, links and attributes, without the data.
public struct StoreTree: Sendable {
  /// What a path leads to.
  public enum Kind: String, Sendable, Encodable {
    case group, dataset, link, other
  }

  /// A line of the tree.
  public struct Entry: Sendable {
    /// The path from the root.
    public let path: String
    /// The groups above it.
    public let depth: Int
    /// What it is.
    public let kind: Kind
    /// The extents of a dataset that can be read.
    public var shape: [Int]?
    /// The type of its elements, with the byte order if it is not this machine's.
    public var type: String?
    /// The extents of a chunk; nil if the data lies in one piece.
    public var chunks: [Int]?
    /// The names of the filters.
    public var filters: [String] = []
    /// Whether the elements are numbers.
    public var isNumeric = false
    /// The attributes, as `name = value`, shortened.
    public var attributes: [String] = []
    /// Where a link leads, or why the object cannot be read.
    public var note: String?

    /// The last part of the path.
    public var name: String { Path.name(of: path) }
  }

  /// The objects, a group before what is in it, names in ascending order.
  public private(set) var entries: [Entry] = []
  /// Whether there is more than `limit` entries.
  public private(set) var isCut = false

  /// Lists a file.
  ///
  /// No link is followed, and a group that several paths lead to is listed once: the list ends whatever the file says.
  ///
  /// - Throws: `DatasetError` if the file cannot be opened.
  public init(of path: String, limit: Int = 1_000) throws {
    self.init(of: try StoreFile(opening: path), limit: limit)
  }

  init(of file: StoreFile, limit: Int) {
    var seen: [UInt64: String] = [:]
    visit("/", depth: 0, file.file, limit, &seen)
  }

  /// The deepest group that is listed.
  private static let maximumDepth = 32
  /// The most attributes of an object that are listed.
  private static let maximumAttributes = 20

  private mutating func visit(
    _ path: String, depth: Int, _ file: borrowing File, _ limit: Int, _ seen: inout [UInt64: String]
  ) {
    guard entries.count < limit else {
      isCut = true
      return
    }
    let kind: File.ObjectKind
    do throws(HDF5Error) {
      kind = try file.kind(of: path)
    } catch {
      return entries.append(Entry(path: path, depth: depth, kind: .other, note: "cannot be read: \(error.detail)"))
    }
    switch kind {
    case .dataset: entries.append(dataset(path, depth, file))
    case .other, .missing:
      entries.append(Entry(path: path, depth: depth, kind: .other, note: kind == .other ? "a named type" : "no object"))
    case .group:
      var entry = Entry(path: path, depth: depth, kind: .group)
      if let address = try? file.address(of: path) {
        if let first = seen[address] {
          entry.note = "the same group as \(first)"
          return entries.append(entry)
        }
        seen[address] = path
      }
      entry.attributes = attributes(of: path, file)
      let position = entries.count
      entries.append(entry)
      guard depth < Self.maximumDepth else { return entries[position].note = "deeper groups are not listed" }
      do {
        for link in try file.links(of: path, limit: limit + 1) {
          let child = path == "/" ? "/\(link.name)" : "\(path)/\(link.name)"
          switch link.kind {
          case .hard: visit(child, depth: depth + 1, file, limit, &seen)
          case .soft(let target): append(child, depth + 1, "soft link to \(target)", limit)
          case .external: append(child, depth + 1, "link to another file, not followed", limit)
          case .other: append(child, depth + 1, "link of an unknown kind, not followed", limit)
          }
          if isCut { return }
        }
      } catch {
        entries[position].note = error.detail
      }
    }
  }

  private mutating func append(_ path: String, _ depth: Int, _ note: String, _ limit: Int) {
    guard entries.count < limit else { return isCut = true }
    entries.append(Entry(path: path, depth: depth, kind: .link, note: note))
  }

  private func dataset(_ path: String, _ depth: Int, _ file: borrowing File) -> Entry {
    var entry = Entry(path: path, depth: depth, kind: .dataset)
    do {
      let dataset = try file.dataset(at: path)
      entry.shape = dataset.shape
      entry.type =
        "\(dataset.elementType)\(dataset.isBigEndian && dataset.elementType.byteCount > 1 ? " big-endian" : "")"
      entry.isNumeric = dataset.elementType.isNumeric
      entry.chunks = dataset.chunkShape
      entry.filters = dataset.filters.map(\.rawValue)
    } catch {
      entry.note = "refused: \(error.detail)"
    }
    entry.attributes = attributes(of: path, file)
    return entry
  }

  private func attributes(of path: String, _ file: borrowing File) -> [String] {
    guard let names = try? file.attributeNames(of: path) else { return [] }
    var lines = names.prefix(Self.maximumAttributes).map { name in "\(name) = \(value(name, of: path, file))" }
    if names.count > lines.count { lines.append("… \(names.count - lines.count) more") }
    return lines
  }

  /// An attribute's value in a few words.
  private func value(_ name: String, of path: String, _ file: borrowing File) -> String {
    guard let (type, shape) = try? file.attributeForm(name, of: path) else { return "(cannot be read)" }
    var values: [String]?
    switch type.kind {
    case .string: values = (try? file.attribute(name, of: path, as: [String].self))?.map { "\"\(shortened($0))\"" }
    case .signedInteger, .unsignedInteger:
      values = (try? file.attribute(name, of: path, as: [Int].self))?.map { "\($0)" }
    case .float: values = (try? file.attribute(name, of: path, as: [Double].self))?.map { "\($0)" }
    default: break
    }
    guard let values else { return "\(type) \(shape)" }
    if shape.isEmpty, let value = values.first { return value }
    return "[\(values.prefix(12).joined(separator: ", "))\(values.count > 12 ? ", … \(values.count) in all" : "")]"
  }

  private func shortened(_ text: String) -> String {
    Text.visible(text.count > 60 ? "\(text.prefix(57))…" : text)
  }
}

/// What can be said about a file whose images and labels are not found.
extension StoreTree {
  /// The datasets of a file in a line.
  static func datasets(of file: StoreFile) -> String { StoreTree(of: file, limit: 200).datasetList }

  private var datasets: [Entry] { entries.filter { $0.kind == .dataset && $0.shape != nil } }

  /// The datasets with types and shapes, in a line; the first twenty.
  var datasetList: String {
    let datasets = datasets
    let unreadable = entries.compactMap { entry -> String? in
      guard entry.shape == nil, entry.kind == .dataset || entry.kind == .other || entry.kind == .group else {
        return nil
      }
      return entry.note.map { "\(entry.path) (\($0))" }
    }
    let others = unreadable.prefix(3).joined(separator: ", ")
    guard !datasets.isEmpty else {
      return "no datasets that can be read" + (others.isEmpty ? "" : ", but \(others)")
    }
    let list = datasets.prefix(20).map { "\($0.path) \($0.type ?? "") \($0.shape ?? [])" }.joined(separator: ", ")
    return "\(list)\(datasets.count > 20 || isCut ? ", …" : "")\(others.isEmpty ? "" : ", and \(others)")"
  }

  /// Whether most datasets are single images of one shape, and how they are called.
  private var singleImages: String? {
    let images = datasets.filter {
      $0.isNumeric && (2...3).contains($0.shape?.count ?? 0) && ($0.shape?.first ?? 0) > 1
    }
    guard images.count > 2, 2 * images.count > datasets.count, let first = images.first,
      images.allSatisfy({ $0.shape == first.shape })
    else { return nil }
    return first.path
  }

  /// The flags that choose datasets, with those that are most likely meant.
  var flags: String {
    func count(_ entry: Entry) -> Int { (entry.shape ?? []).reduce(1, *) }
    func folder(_ entry: Entry) -> String { Path.folder(of: entry.path) }
    let images = datasets.filter { entry in
      entry.isNumeric && count(entry) > 0 && (entry.shape.map { ImageAxes(suggestedBy: $0) != nil } ?? false)
    }.max { count($0) < count($1) }
    let labels = datasets.filter { $0.path != images?.path && count($0) > 0 && $0.shape?.first == images?.shape?.first }
      .min { left, right in
        let (leftIsNear, rightIsNear) = (folder(left) == images.map(folder), folder(right) == images.map(folder))
        return leftIsNear == rightIsNear ? count(left) < count(right) : leftIsNear
      }
    if let singleImages {
      return
        "\(singleImages) and others are one image each: write all into one dataset, such as numpy.stack(images), and "
        + "their classes, in the same order, into another"
    }
    guard let images else { return "write images [N, H, W, C] and labels [N], or name another file" }
    return "choose by --images \(images.path) --labels \(labels?.path ?? "FILE:/PATH")"
  }
}
