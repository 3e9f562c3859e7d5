import Datasets
import Foundation
import HDF5
import Numerics
import Pictures

/// Compares decoding and scaling a folder of JPEGs with Pillow in one process for each core.
struct DecodingBenchmark {
  private let python: String
  private let folder: String

  private static let rounds = 3
  private static let size = (height: 150, width: 150)

  /// What Pillow does: the same pictures, decoded, in colour, scaled by its area filter.
  ///
  /// It writes the seconds to a file, without those of its own start.
  private static let script = """
    import glob, multiprocessing, sys, time
    import numpy
    from PIL import Image
    def load(path):
        with Image.open(path) as picture:
            return numpy.asarray(picture.convert("RGB").resize((\(size.width), \(size.height)), Image.Resampling.BOX))
    if __name__ == "__main__":
        paths = sorted(glob.glob(sys.argv[1] + "/*/*.jpg"))
        with multiprocessing.Pool(int(sys.argv[3])) as pool:
            pool.map(abs, range(64))
            begin = time.perf_counter()
            count = len(pool.map(load, paths, chunksize=8))
            seconds = time.perf_counter() - begin
        assert count == len(paths) > 0
        open(sys.argv[2], "w").write(str(seconds))
    """

  /// Writes `count` pictures of 500×400 pixels; nil if `python` has no Pillow.
  init?(count: Int, python: String, folder: String) throws {
    guard (try? MeasuredProcess([python, "-c", "import PIL.Image, numpy"], silent: true)) != nil else { return nil }
    self.python = python
    self.folder = folder
    try FileManager.default.createDirectory(atPath: "\(folder)/noise", withIntermediateDirectories: true)
    for number in 0..<count {
      try AtomicFile.write(try Self.picture(number).jpeg(quality: 90), to: "\(folder)/noise/\(number).jpg")
    }
    try AtomicFile.write(Array(Self.script.utf8), to: "\(folder)/pillow.py")
  }

  /// Pillow's time by ours: the median of several rounds, taken in turns.
  func ratioToPillow() throws -> Double {
    var options = ImportOptions()
    options.size = Self.size
    options.temporaryFolder = folder
    let processes = ProcessorCores.available
    var ratios: [Double] = []
    for _ in 0..<Self.rounds {
      _ = try MeasuredProcess([python, "\(folder)/pillow.py", folder, "\(folder)/seconds", "\(processes)"])
      let text = try String(contentsOfFile: "\(folder)/seconds", encoding: .utf8)
      let mine = try ContinuousClock().measure {
        _ = try FolderImporter(source: folder, options: options).read { _, _ in }
      }
      ratios.append((Double(text) ?? .nan) / (mine / .seconds(1)))
    }
    return ratios.sorted()[Self.rounds / 2]
  }

  /// Gradients with noise: as hard to decode as a photograph of its size.
  private static func picture(_ number: Int) -> Picture {
    let (width, height) = (500, 400)
    var random = RandomStream(seed: 1, purpose: .sampling, UInt32(number))
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for row in 0..<height {
      for column in 0..<width {
        let noise = random.next()
        pixels.append(UInt8(row * 200 / height) &+ UInt8(noise & 31))
        pixels.append(UInt8(column * 200 / width) &+ UInt8(noise >> 8 & 31))
        pixels.append(UInt8((row + column + number) % 200) &+ UInt8(noise >> 16 & 31))
      }
    }
    return Picture(width: width, height: height, channels: 3, pixels: pixels)
  }
}
