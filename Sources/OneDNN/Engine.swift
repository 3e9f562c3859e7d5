internal import COneDNN

/// The processor that primitives are created for, and the stream they run on.
///
/// A thread that creates or runs primitives must be the one that made the engine: OpenMP keeps its thread count per
/// thread, and ``init()`` sets it to one. One thread per virtual shard is what makes sums independent of the machine.
public final class Engine {
  let handle: OpaquePointer
  let stream: OpaquePointer

  /// Creates an engine on the processor and forces OpenMP to one thread on the calling thread.
  ///
  /// The corresponding C functions are `omp_set_num_threads`, `dnnl_engine_create` and `dnnl_stream_create`.
  public init() throws(OneDNNError) {
    omp_set_num_threads(1)
    var engine: OpaquePointer?
    try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "dnnl_engine_create")
    handle = try created(engine, "dnnl_engine_create")
    var stream: OpaquePointer?
    try check(dnnl_stream_create(&stream, handle, dnnl_stream_default_flags.rawValue), "dnnl_stream_create")
    self.stream = try created(stream, "dnnl_stream_create")
  }

  deinit {
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(handle)
  }

  /// The number of threads a primitive would use on the calling thread.
  ///
  /// The corresponding C function is `omp_get_max_threads`.
  public static var threadCount: Int { Int(omp_get_max_threads()) }

  /// The library's version, such as `2.6.3`.
  ///
  /// The corresponding C function is `dnnl_version`.
  public static var version: String {
    let version = dnnl_version().pointee
    return "\(version.major).\(version.minor).\(version.patch)"
  }

  /// The instruction set that kernels are generated for, such as `AVX-512 core`; results are the same bits only within one.
  ///
  /// The corresponding C function is `dnnl_get_effective_cpu_isa`.
  public static var instructionSet: String {
    switch dnnl_get_effective_cpu_isa() {
    case dnnl_cpu_isa_sse41: "SSE4.1"
    case dnnl_cpu_isa_avx: "AVX"
    case dnnl_cpu_isa_avx2: "AVX2"
    case dnnl_cpu_isa_avx2_vnni: "AVX2 VNNI"
    case dnnl_cpu_isa_avx512_mic, dnnl_cpu_isa_avx512_mic_4ops: "AVX-512 MIC"
    case dnnl_cpu_isa_avx512_core: "AVX-512"
    case dnnl_cpu_isa_avx512_core_vnni: "AVX-512 VNNI"
    case dnnl_cpu_isa_avx512_core_bf16: "AVX-512 BF16"
    case dnnl_cpu_isa_avx512_core_amx: "AVX-512 AMX"
    case let other: "ISA \(other.rawValue)"
    }
  }
}
