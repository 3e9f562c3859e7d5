import CHDF5
import Foundation
import HDF5

/// Damage to the structure of an HDF5 file that leaves it readable: what somebody who means harm would write.
struct StructureMutation {
  private var mutation: Mutation

  init(_ mutation: Mutation) { self.mutation = mutation }

  /// The bytes of the file with one object or attribute changed; nil if that cannot be.
  mutating func damaged(_ original: [UInt8]) throws -> [UInt8]? {
    let names = try Names(of: original)
    let access = H5Pcreate(chdf5_file_access())
    defer { H5Pclose(access) }
    H5Pset_fapl_core(access, 1 << 20, false)
    var image = original
    _ = image.withUnsafeMutableBytes { H5Pset_file_image(access, $0.baseAddress, $0.count) }
    let file = H5Fopen("mutated \(mutation.choose(.max))", readAndWrite, access)
    guard file >= 0 else { return nil }
    defer { H5Fclose(file) }
    switch mutation.choose(4) {
    case 0: changeAttribute(of: file, names)
    case 1: try changeText(of: file, original)
    default: changeObject(of: file, names)
    }
    H5Fflush(file, H5F_SCOPE_LOCAL)
    let count = H5Fget_file_image(file, nil, 0)
    guard count > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    _ = bytes.withUnsafeMutableBytes { H5Fget_file_image(file, $0.baseAddress, $0.count) }
    return bytes
  }

  /// What there is to change.
  private struct Names {
    var datasets: [String] = []
    var groups: [String] = []

    init(of bytes: [UInt8]) throws {
      let file = try File(image: bytes, name: "original")
      try collect("", of: file)
    }

    private mutating func collect(_ group: String, of file: borrowing File) throws {
      for child in try file.children(of: group.isEmpty ? "/" : group) {
        let path = "\(group)/\(child)"
        if try file.kind(of: path) == .dataset {
          datasets.append(path)
        } else {
          groups.append(path)
          try collect(path, of: file)
        }
      }
    }
  }

  // MARK: Objects

  private mutating func changeObject(of file: hid_t, _ names: Names) {
    let all = names.datasets + names.datasets + names.groups
    let path = all[mutation.choose(all.count)]
    let other = names.datasets[mutation.choose(names.datasets.count)]
    let shape = extents(of: file, path)
    let count = max(1, shape.reduce(1, *))
    H5Ldelete(file, path, hid_t(H5P_DEFAULT))
    switch mutation.choose(22) {
    case 0: break  // it is missing
    case 1: H5Lcreate_soft(other, file, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    case 2: H5Lcreate_soft("/nowhere", file, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    case 3: H5Lcreate_soft(path, file, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    case 4: createExternalLink(file, path)
    case 5: H5Lcreate_hard(file, "/", file, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    case 6: H5Lcreate_hard(file, other, file, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    case 7: H5Gclose(H5Gcreate2(file, path, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
    case 8: create(file, path, Array(shape.reversed()))
    case 9: create(file, path, shape + [1])
    case 10: create(file, path, [hsize_t(count)])
    case 11: create(file, path, [])
    case 12: create(file, path, shape.map { $0 + 1 })
    case 13: create(file, path, [0])
    case 14: create(file, path, shape.isEmpty ? [1 << 40] : shape.map { _ in 1 << 20 }, chunked: true, writes: false)
    case 15: create(file, path, shape, chunked: true, writes: false)  // no number is there
    case 16: create(file, path, shape, type: chdf5_int32())
    case 17: create(file, path, shape, type: chdf5_c_string())
    case 18: create(file, path, shape, type: chdf5_double())
    case 19: create(file, path, shape, value: .nan)
    case 20: create(file, path, shape, storage: "/etc/passwd")
    default: create(file, path, shape, value: .infinity, chunked: true)
    }
  }

  private func extents(of file: hid_t, _ path: String) -> [hsize_t] {
    let dataset = H5Dopen2(file, path, hid_t(H5P_DEFAULT))
    guard dataset >= 0 else { return [2, 2] }
    defer { H5Dclose(dataset) }
    let space = H5Dget_space(dataset)
    defer { H5Sclose(space) }
    var extents = [hsize_t](repeating: 0, count: Int(max(0, H5Sget_simple_extent_ndims(space))))
    H5Sget_simple_extent_dims(space, &extents, nil)
    return extents
  }

  private func create(
    _ file: hid_t, _ path: String, _ shape: [hsize_t], type: hid_t = chdf5_float(), value: Float = 0.25,
    chunked: Bool = false, writes: Bool = true, storage: String? = nil
  ) {
    let creation = H5Pcreate(chdf5_dataset_create())
    defer { H5Pclose(creation) }
    if chunked, !shape.isEmpty, !shape.contains(0) {
      H5Pset_chunk(creation, Int32(shape.count), shape.map { min($0, 4) })
    }
    if let storage { H5Pset_external(creation, storage, 0, 1 << 20) }
    let space = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape, nil)
    defer { H5Sclose(space) }
    let dataset = H5Dcreate2(file, path, type, space, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
    guard dataset >= 0 else { return }
    defer { H5Dclose(dataset) }
    guard writes, storage == nil else { return }
    let values = [Float](repeating: value, count: Int(shape.reduce(1, *)))
    H5Dwrite(dataset, chdf5_float(), hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), values)
  }

  /// The wrapper has taken the class of external links out of the library; one of the same number writes the same bytes.
  private func createExternalLink(_ file: hid_t, _ path: String) {
    var linkClass = H5L_class_t()
    linkClass.version = Int32(H5L_LINK_CLASS_T_VERS)
    linkClass.id = H5L_TYPE_EXTERNAL
    linkClass.trav_func = { _, _, _, _, _, _ in -1 }
    H5Lregister(&linkClass)
    let target = [UInt8](arrayLiteral: 0) + Array("other.h5".utf8) + [0] + Array("/x".utf8) + [0]
    H5Lcreate_ud(file, path, H5L_TYPE_EXTERNAL, target, target.count, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    H5Lunregister(H5L_TYPE_EXTERNAL)
  }

  // MARK: Attributes

  private mutating func changeAttribute(of file: hid_t, _ names: Names) {
    let group = mutation.choose(5) == 0 ? names.groups[mutation.choose(names.groups.count)] : "/training"
    let object = H5Oopen(file, group, hid_t(H5P_DEFAULT))
    guard object >= 0 else { return }
    defer { H5Oclose(object) }
    let count = Int(H5Aget_num_attrs(object))
    guard count > 0 else { return }
    let attribute = H5Aopen_by_idx(
      object, ".", H5_INDEX_NAME, H5_ITER_INC, hsize_t(mutation.choose(count)), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    guard attribute >= 0 else { return }
    var name = [CChar](repeating: 0, count: 256)
    H5Aget_name(attribute, name.count, &name)
    H5Aclose(attribute)
    H5Adelete(object, name)
    switch mutation.choose(8) {
    case 0: break  // it is missing
    case 1: write(object, name, chdf5_int64(), [1], [Int64.max])
    case 2: write(object, name, chdf5_int64(), [], [Int64(-1)])
    case 3: write(object, name, chdf5_int64(), [], [Int64.max])
    case 4: write(object, name, chdf5_double(), [], [Double.nan])
    case 5: write(object, name, chdf5_int64(), [2, 2], [Int64](repeating: 7, count: 4))
    case 6: write(object, name, chdf5_c_string(), [], [UInt8(ascii: "x")])
    default: write(object, name, chdf5_double(), [], [1e300])
    }
  }

  /// Changes a number in the model or in the settings.
  private mutating func changeText(of file: hid_t, _ original: [UInt8]) throws {
    let name = ["model", "configuration"][mutation.choose(2)]
    let text = try File(image: original, name: "original").attribute(name, of: "training", as: String.self)
    let numbers = text.ranges(of: #/\d+(\.\d+)?/#)
    let large = ["0", "-1", "2147483648", "4611686018427387904", "1e300", "99999999999999999999", "null", "[1]"]
    let changed = text.replacingCharacters(
      in: numbers[mutation.choose(numbers.count)], with: large[mutation.choose(large.count)])
    let object = H5Oopen(file, "/training", hid_t(H5P_DEFAULT))
    defer { H5Oclose(object) }
    H5Adelete(object, name)
    let type = H5Tcopy(chdf5_c_string())
    defer { H5Tclose(type) }
    let bytes = Array(changed.utf8) + [0]
    H5Tset_size(type, bytes.count)
    write(object, name.utf8CString.map { $0 }, type, [], bytes)
  }

  private func write<T: BitwiseCopyable>(
    _ object: hid_t, _ name: [CChar], _ type: hid_t, _ shape: [hsize_t], _ values: [T]
  ) {
    let space = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape, nil)
    defer { H5Sclose(space) }
    let attribute = H5Acreate2(object, name, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    guard attribute >= 0 else { return }
    H5Awrite(attribute, type, values)
    H5Aclose(attribute)
  }
}

/// A macro of libhdf5: open to read and write.
private let readAndWrite: UInt32 = 1
