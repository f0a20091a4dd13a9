import CTorch

/// Where a tensor's memory lies and its operations run.
public enum Device: Sendable, Equatable, CustomStringConvertible {
  case cpu
  case cuda(Int)
  case mps

  /// Reads `cpu`, `cuda`, `cuda:1` or `mps`.
  public init?(_ text: String) {
    switch text {
    case "cpu": self = .cpu
    case "mps": self = .mps
    case "cuda": self = .cuda(0)
    default:
      guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), index >= 0 else { return nil }
      self = .cuda(index)
    }
  }

  /// The name that ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .mps: "mps"
    }
  }

  /// Whether it has arithmetic in float64.
  public var computesFloat64: Bool { self != .mps }

  /// Makes the device ready to use, loading the CUDA half of libtorch where it is asked for.
  ///
  /// - Throws: ``TorchError`` that says what is missing.
  public func prepare() throws(TorchError) {
    if case .cuda = self, !ct_device_available(raw) {
      // The CUDA half registers itself with libtorch when it is loaded, so a CPU-only machine never needs it.
      for library in ["libc10_cuda.so", "libtorch_cuda.so", "libtorch_cuda_linalg.so"]
      where !ct_load_library(library) {
        throw TorchError(
          operation: "device \(self)",
          message: "the CUDA half of libtorch could not be loaded (\(String(cString: ct_last_error()))); "
            + "run Scripts/set-up --cuda, or use --device cpu")
      }
    }
    guard ct_device_available(raw) else {
      throw TorchError(
        operation: "device \(self)", message: "this machine has no such device that libtorch can use")
    }
  }

  /// Free and total memory in bytes of an accelerator; `nil` for the CPU or where it cannot be told.
  public var memory: (free: Int, total: Int)? {
    var free: Int64 = 0
    var total: Int64 = 0
    guard ct_device_memory(raw, &free, &total) else { return nil }
    return (Int(free), Int(total))
  }

  /// How many CUDA devices can be used, once one of them is prepared.
  public static var cudaDeviceCount: Int { Int(ct_device_count(CT_CUDA)) }

  /// Waits until everything queued on the device has run.
  public func synchronize() throws(TorchError) {
    guard ct_synchronize(raw) else { throw TorchError.last("synchronize", []) }
  }

  var raw: ct_device {
    switch self {
    case .cpu: ct_device(kind: CT_CPU, index: 0)
    case .cuda(let index): ct_device(kind: CT_CUDA, index: Int32(clamping: index))
    case .mps: ct_device(kind: CT_MPS, index: 0)
    }
  }

  init(_ raw: ct_device) {
    switch raw.kind {
    case CT_CUDA: self = .cuda(Int(raw.index))
    case CT_MPS: self = .mps
    default: self = .cpu
    }
  }
}

/// Facts about, and settings of, the engine as a whole.
public enum Engine {
  /// libtorch's version.
  public static var version: String { String(cString: ct_version()) }

  /// The instruction set of this processor that libtorch's kernels are chosen for: `AVX2`, `AVX512`, `DEFAULT`, …
  public static var instructionSet: String { String(cString: ct_cpu_capability()) }

  /// Whether libtorch was built with Intel's MKL, and with OpenMP.
  public static var libraries: (hasMKL: Bool, hasOpenMP: Bool) { (ct_has_mkl(), ct_has_openmp()) }

  /// Whether this processor multiplies matrices in bfloat16 as they are; otherwise they are widened to float32, which saves
  /// memory but no time.
  public static var hasNarrowProducts: Bool { ct_has_narrow_products() }

  /// How many threads one operation on the CPU uses.
  public static var threadCount: Int { Int(ct_get_num_threads()) }

  /// Sets how many threads one operation on the CPU uses.
  public static func setThreadCount(_ count: Int) { ct_set_num_threads(Int32(clamping: max(1, count))) }

  /// Tensor handles alive at this moment: a loop that leaks shows here.
  public static var liveTensorCount: Int { Int(ct_live_tensors()) }
}
