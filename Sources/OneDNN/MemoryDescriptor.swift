internal import COneDNN

/// How the elements of a tensor lie in memory.
public enum Layout: Sendable {
  /// The primitive chooses.
  case any
  /// `[N, C]` rows, `[N, C, H, W]` with the channel running fastest: Keras' order of images.
  case channelsLast
  /// `[N, C, H, W]` with the column running fastest.
  case channelsFirst
  /// Convolution kernels `[O, I, H, W]` stored as Keras does: height, width, input, output.
  ///
  /// With groups `[G, O, I, H, W]`: height, width, input, group, output.
  case hwio
  /// Dense kernels `[O, I]` stored as Keras does: input, output.
  case io
  /// A vector.
  case vector

  fileprivate func tag(rank: Int) -> dnnl_format_tag_t {
    switch (self, rank) {
    case (.any, _): dnnl_format_tag_any
    case (.channelsLast, 2): dnnl_nc
    case (.channelsLast, 3): dnnl_nwc
    case (.channelsLast, 4): dnnl_nhwc
    case (.channelsFirst, 2): dnnl_nc
    case (.channelsFirst, 3): dnnl_ncw
    case (.channelsFirst, 4): dnnl_nchw
    case (.hwio, 5): dnnl_hwigo
    case (.hwio, 4): dnnl_hwio
    case (.hwio, 3): dnnl_wio
    case (.io, 2): dnnl_io
    case (.vector, 1): dnnl_x
    default: dnnl_format_tag_undef
    }
  }
}

/// Dimensions, in oneDNN's order, and layout of a tensor of Float32.
///
/// The corresponding C type is `dnnl_memory_desc_t`.
public struct MemoryDescriptor: Equatable {
  var value: dnnl_memory_desc_t

  /// Describes a tensor of `dimensions`: `[N, C, H, W]`, `[N, C]`, kernels `[O, I, H, W]` and `[O, I]`, or `[N]`.
  ///
  /// The corresponding C function is `dnnl_memory_desc_init_by_tag`.
  public init(_ dimensions: [Int], _ layout: Layout) throws(OneDNNError) {
    var value = dnnl_memory_desc_t()
    try check(
      dnnl_memory_desc_init_by_tag(
        &value, Int32(dimensions.count), dimensions.map(Int64.init), dnnl_f32, layout.tag(rank: dimensions.count)),
      "dnnl_memory_desc_init_by_tag of \(dimensions), \(layout)")
    self.value = value
  }

  init(_ value: dnnl_memory_desc_t) { self.value = value }

  /// The dimensions, in oneDNN's order.
  public var dimensions: [Int] {
    withUnsafeBytes(of: value.dims) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(Int(value.ndims)).map(Int.init)
    }
  }

  /// Bytes a tensor of this layout takes, padding included.
  ///
  /// The corresponding C function is `dnnl_memory_desc_get_size`.
  public var byteCount: Int {
    withUnsafePointer(to: value) { Int(dnnl_memory_desc_get_size($0)) }
  }

  /// The same dimensions with the layout left to the primitive.
  public func withAnyLayout() throws(OneDNNError) -> MemoryDescriptor { try MemoryDescriptor(dimensions, .any) }

  /// Whether both lay out the same dimensions alike.
  ///
  /// The corresponding C function is `dnnl_memory_desc_equal`.
  public static func == (left: MemoryDescriptor, right: MemoryDescriptor) -> Bool {
    withUnsafePointer(to: left.value) { left in
      withUnsafePointer(to: right.value) { right in dnnl_memory_desc_equal(left, right) != 0 }
    }
  }
}
