// swift-tools-version: 6.2
import PackageDescription

/// Modules with numeric loops are optimised in debug builds too.
///
/// Unoptimised, loops over spans are 150 times slower, and `swift test` would take an hour. So are those that every step
/// runs through: unoptimised Swift allocates memory in plain loops, and tests show that a step allocates none.
let optimisedInDebugBuilds: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "cnn-dist",
  products: [.executable(name: "cnn-dist", targets: ["cnn-dist"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // The C libraries: a module map and a shim header each, no code of their own.
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    // Without its pkgConfig, which has a flag that the package manager refuses; the module map names the library.
    .systemLibrary(name: "CGD", providers: [.apt(["libgd-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev", "zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),

    // Thin wrappers: only they see C.
    .target(name: "MPI", dependencies: ["CMPI"]),
    .target(name: "HDF5", dependencies: ["CHDF5", "Numerics"]),
    .target(name: "Pictures", dependencies: ["CGD"], swiftSettings: optimisedInDebugBuilds),
    .target(name: "Archives", dependencies: ["CArchive", "Numerics"]),
    .target(name: "Checksums", dependencies: ["CCrypto", "CXXHash"]),
    .target(name: "OneDNN", dependencies: ["COneDNN"], swiftSettings: optimisedInDebugBuilds),

    .target(name: "Numerics", swiftSettings: optimisedInDebugBuilds),
    .target(name: "NeuralNetwork", dependencies: ["OneDNN", "Numerics"], swiftSettings: optimisedInDebugBuilds),
    .target(
      name: "Datasets", dependencies: ["HDF5", "Archives", "Pictures", "Checksums", "Numerics"],
      swiftSettings: optimisedInDebugBuilds),
    .target(
      name: "Training",
      dependencies: [
        "NeuralNetwork", "OneDNN", "Datasets", "HDF5", "MPI", "Numerics", "Checksums", "Yams",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: optimisedInDebugBuilds),
    // Reads what runs have written: needs no MPI.
    .target(
      name: "Reports",
      dependencies: [
        "NeuralNetwork", "HDF5", "Pictures", "Numerics", "Checksums",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      // The pages' templates, styles and scripts: in the program itself, which stays one file.
      resources: [.embedInCode("Templates")]),
    .target(
      name: "Sweeps",
      dependencies: [
        "Training", "Reports", "NeuralNetwork", "Datasets", "HDF5", "MPI", "Numerics", "Checksums",
        .product(name: "Logging", package: "swift-log"),
      ]),
    // Looks at how a job was started, before it does any work.
    .target(
      name: "Doctor",
      dependencies: ["Training", "NeuralNetwork", "OneDNN", "Datasets", "HDF5", "MPI", "Numerics", "Checksums"]),
    .executableTarget(
      name: "cnn-dist",
      dependencies: [
        "Sweeps", "Reports", "Doctor", "Training", "NeuralNetwork", "OneDNN", "Datasets", "HDF5", "MPI", "Numerics",
        "Pictures", "Archives",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      // Links to the scripts of jobs/, which `submit` prints filled in.
      resources: [.embedInCode("JobScripts")]),

    .testTarget(name: "NumericsTests", dependencies: ["Numerics", "TestSupport"]),
    .testTarget(name: "ChecksumsTests", dependencies: ["Checksums"]),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures"], exclude: ["Fixtures"]),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5"], exclude: ["Fixtures"]),
    .testTarget(
      name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "OneDNN", "HDF5", "Numerics"],
      exclude: ["Golden"]),
    .testTarget(
      name: "DatasetsTests",
      dependencies: ["Datasets", "HDF5", "Archives", "Pictures", "Checksums", "Numerics", "TestSupport"],
      exclude: ["Golden", "Fixtures"]),
    .testTarget(name: "ArchivesTests", dependencies: ["Archives"], exclude: ["Fixtures"]),
    .testTarget(
      name: "SweepsTests", dependencies: ["Sweeps", "Training", "Reports", "NeuralNetwork", "HDF5", "TestSupport"]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "NeuralNetwork", "HDF5", "Pictures", "TestSupport"]),
    .testTarget(name: "DoctorTests", dependencies: ["Doctor", "MPI", "TestSupport"]),
    .testTarget(name: "MPITests", dependencies: ["MPI"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "NeuralNetwork", "OneDNN", "Datasets", "HDF5", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["Golden"]),
    // Tests with real jobs: mpirun, the built program, a program that breaks on purpose.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .executableTarget(
      name: "FaultyTrainer",
      dependencies: [
        "AllocationCounter", "Training", "NeuralNetwork", "MPI",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/FaultyTrainer"),
    .executableTarget(
      name: "Fuzzer",
      dependencies: [
        "Training", "NeuralNetwork", "Datasets", "HDF5", "CHDF5", "MPI", "Checksums",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Fuzzer"),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "TestSupport", "Training", "Reports", "NeuralNetwork", "Datasets", "HDF5", "Pictures", "Checksums",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "ClusterTests",
      dependencies: [
        "TestSupport", "Training", "NeuralNetwork", "Datasets", "HDF5", "MPI", "Numerics",
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["Golden"], swiftSettings: optimisedInDebugBuilds),
  ]
)
