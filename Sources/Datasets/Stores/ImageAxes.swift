/// The order of the axes of stored images.
enum ImageAxes: String, Sendable {
  /// Samples, rows, columns, channels: the order in memory.
  case nhwc = "NHWC"
  /// Samples, channels, rows, columns, as Caffe and PyTorch write them.
  case nchw = "NCHW"
  /// Samples, rows, columns of grey images.
  case nhw = "NHW"
  /// Samples, columns, rows, channels.
  case nwhc = "NWHC"
  /// Samples, channels, columns, rows: what MATLAB writes of its `[H, W, C, N]`.
  case ncwh = "NCWH"
  /// Samples, columns, rows of grey images: what MATLAB writes of its `[H, W, N]`.
  case nwh = "NWH"

  /// The number of axes.
  var rank: Int { rawValue.count }

  /// The order that a shape suggests; nil if it is no shape of images.
  ///
  /// Channels come first if the second axis has 1, 3 or 4 positions and the last has not. Where both could be, they come
  /// last, which is the rule in Keras and in the store format.
  init?(suggestedBy shape: [Int]) {
    switch shape.count {
    case 3: self = .nhw
    case 4: self = Self.mayBeChannels(shape[1]) && !Self.mayBeChannels(shape[3]) ? .nchw : .nhwc
    default: return nil
    }
  }

  /// Whether an axis of this length is likely to be grey, RGB or RGBA.
  private static func mayBeChannels(_ length: Int) -> Bool { length == 1 || length == 3 || length == 4 }

  /// The shape of an image in memory, `[H, W, C]`, for the shape of the dataset.
  func imageShape(of shape: [Int]) -> [Int] {
    switch self {
    case .nhwc: [shape[1], shape[2], shape[3]]
    case .nchw: [shape[2], shape[3], shape[1]]
    case .nhw: [shape[1], shape[2], 1]
    case .nwhc: [shape[2], shape[1], shape[3]]
    case .ncwh: [shape[3], shape[2], shape[1]]
    case .nwh: [shape[2], shape[1], 1]
    }
  }

  /// The same axes with rows and columns exchanged.
  var transposed: ImageAxes {
    switch self {
    case .nhwc: .nwhc
    case .nchw: .ncwh
    case .nhw: .nwh
    case .nwhc: .nhwc
    case .ncwh: .nchw
    case .nwh: .nhw
    }
  }

  /// All of them, for messages.
  static let names = "NHWC, NCHW, NHW, NWHC, NCWH or NWH"
}

extension ImageAxes {
  /// Copies images whose axes these are to `[rows, H, W, C]`.
  ///
  /// - Parameter imageShape: `[H, W, C]`.
  func reorder<T: BitwiseCopyable>(
    _ source: UnsafeBufferPointer<T>, imageShape: [Int], into target: UnsafeMutableBufferPointer<T>
  ) {
    let (height, width, channels) = (imageShape[0], imageShape[1], imageShape[2])
    let count = height * width * channels
    // How far apart neighbours in a column, in a row, and of a pixel are.
    let (down, across, deep) =
      switch self {
      case .nhwc, .nhw: (width * channels, channels, 1)
      case .nchw: (width, 1, height * width)
      case .nwhc, .nwh: (channels, height * channels, 1)
      case .ncwh: (1, height, width * height)
      }
    precondition(source.count == target.count && count > 0 && source.count % count == 0, "whole images")
    let source = source.span
    var target = target.mutableSpan
    var to = 0
    for image in stride(from: 0, to: source.count, by: count) {
      for row in 0..<height {
        for column in 0..<width {
          var from = image + row * down + column * across
          for _ in 0..<channels {
            target[unchecked: to] = source[unchecked: from]
            to += 1
            from += deep
          }
        }
      }
    }
  }
}

/// Copies images `[rows, C, pixels]` to `[rows, pixels, C]`.
func moveChannelsLast<T: BitwiseCopyable>(
  _ source: UnsafeBufferPointer<T>, channels: Int, pixels: Int, into target: UnsafeMutableBufferPointer<T>
) {
  precondition(source.count == target.count && channels > 0 && pixels > 0 && source.count % (channels * pixels) == 0)
  let source = source.span
  var target = target.mutableSpan
  for start in stride(from: 0, to: source.count, by: channels * pixels) {
    for channel in 0..<channels {
      var to = start + channel
      for from in start + channel * pixels..<start + (channel + 1) * pixels {
        target[unchecked: to] = source[unchecked: from]
        to += channels
      }
    }
  }
}
