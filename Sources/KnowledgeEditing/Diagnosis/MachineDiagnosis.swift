import Checkpoints
import Foundation
import Ledger
import StrictJSON
import Torch

/// A device on which a model can be edited, and the memory it has left.
struct ComputePlace: Equatable {
  let device: Device
  /// In bytes; nil where it cannot be told.
  let available: Int?
}

/// What an edit finds on this machine, whatever the model.
struct MachineDiagnosis {
  let engine: [Finding]
  let devices: [Finding]
  let resources: [Finding]
  /// The devices that are there, accelerators first.
  let places: [ComputePlace]

  /// Below these the machine is short of memory or space, whatever the model.
  private static let scarceMemory = 1_000_000_000
  private static let scarceSpace = 1_000_000_000

  /// - Parameter cache: where statistics and null spaces are kept.
  init(cache: URL) {
    let memory = SystemMemory()
    engine = Self.versions + [Self.processor, Self.libraries, Self.threads]
    let accelerators = Self.cuda + Self.mps
    let cpu = ComputePlace(device: .cpu, available: memory.available)
    places = accelerators.compactMap(\.place) + [cpu]
    devices = [Finding("cpu", "present")] + accelerators.map(\.finding)
    resources = [Self.finding(memory), Self.space(for: cache)]
  }

  private static var versions: [Finding] {
    [
      Finding("alphaedit", Version.current, values: [("version", JSON(Version.current))]),
      Finding("Swift", Version.compiler, values: [("version", JSON(Version.compiler))]),
      Finding(
        "ledger", "format \(Ledger.formatVersion)", values: [("format", JSON(Ledger.formatVersion))]),
      Finding("libtorch", Engine.version, values: [("version", JSON(Engine.version))]),
    ]
  }

  private static var processor: Finding {
    let isNarrow = Engine.hasNarrowProducts
    return Finding(
      "processor",
      "\(Engine.instructionSet); bfloat16 is "
        + (isNarrow ? "multiplied as it is" : "widened to float32: it saves memory but no time"),
      values: [
        ("instruction_set", JSON(Engine.instructionSet)), ("multiplies_bfloat16", JSON(isNarrow)),
      ])
  }

  private static var libraries: Finding {
    let (hasMKL, hasOpenMP) = Engine.libraries
    return Finding(
      "libraries", hasOpenMP ? .ok : .warning,
      "MKL \(hasMKL ? "present" : "not present"), OpenMP \(hasOpenMP ? "present" : "not present")",
      remedy: hasOpenMP ? nil : "run Scripts/set-up, whose libtorch uses all cores",
      values: [("mkl", JSON(hasMKL)), ("openmp", JSON(hasOpenMP))])
  }

  private static var threads: Finding {
    let (threads, cores) = (Engine.threadCount, ProcessInfo.processInfo.activeProcessorCount)
    return Finding(
      "threads", threads < cores ? .warning : .ok, "\(threads) on \(cores) cores",
      remedy: threads < cores ? "--threads \(cores) uses all of them" : nil,
      values: [("threads", JSON(threads)), ("cores", JSON(cores))])
  }

  private static var cuda: [(finding: Finding, place: ComputePlace?)] {
    let first = accelerator(.cuda(0))
    return [first]
      + (1..<max(1, first.place == nil ? 1 : Device.cudaDeviceCount)).map {
        accelerator(.cuda($0))
      }
  }

  private static var mps: [(finding: Finding, place: ComputePlace?)] { [accelerator(.mps)] }

  private static func accelerator(_ device: Device) -> (finding: Finding, place: ComputePlace?) {
    let name = device == .cuda(0) ? "cuda" : "\(device)"
    do throws(TorchError) { try device.prepare() } catch {
      return (Finding(name, .absent, "not present: \(error.message)"), nil)
    }
    let memory = device.memory
    let text = memory.map { "present, \($0.free.asBytes) of \($0.total.asBytes) free" } ?? "present"
    var values: [JSONObject.Member] = []
    if let memory { values = [("free_bytes", JSON(memory.free)), ("total_bytes", JSON(memory.total))] }
    return (Finding(name, text, values: values), ComputePlace(device: device, available: memory?.free))
  }

  private static func finding(_ memory: SystemMemory) -> Finding {
    let isScarce = memory.available ?? .max < scarceMemory
    return Finding(
      "memory", isScarce ? .warning : .ok,
      (memory.available.map { "\($0.asBytes) of \(memory.total.asBytes) available" })
        ?? "\(memory.total.asBytes) in all",
      remedy: isScarce ? "end other programs" : nil,
      values: [
        ("total_bytes", JSON(memory.total)),
        ("available_bytes", memory.available.map { JSON($0) } ?? .null),
      ])
  }

  /// The space on the file system of a directory that need not exist.
  private static func space(for cache: URL) -> Finding {
    var place = cache
    while !FileManager.default.fileExists(atPath: place.path), place.pathComponents.count > 1 {
      place.deleteLastPathComponent()
    }
    let free = try? FreeSpace.bytes(at: place)
    let isWritable = FileManager.default.isWritableFile(atPath: place.path)
    let isFine = isWritable && free ?? .max >= scarceSpace
    return Finding(
      "cache", isFine ? .ok : .warning,
      "\(cache.path), " + (isWritable ? free.map { "\($0.asBytes) free" } ?? "writable" : "not writable"),
      remedy: isFine
        ? nil
        : "statistics and null spaces are kept there; name another directory in \(CacheDirectory.variable)",
      values: [
        ("directory", JSON(cache.path)), ("free_bytes", free.map { JSON($0) } ?? .null),
        ("is_writable", JSON(isWritable)),
      ])
  }
}
