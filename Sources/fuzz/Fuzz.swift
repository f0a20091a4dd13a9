import Foundation
import FuzzedReaders
import MadeUpWorld
import Torch

// What libFuzzer calls, whose `main` this program is linked with: see Scripts/fuzz.

/// The reader that the environment names, and the directory that its inputs are written to.
private struct Session: Sendable {
  let reader: FuzzedReader
  let directory: URL

  static let current: Session = {
    let environment = ProcessInfo.processInfo.environment
    let name = environment["ALPHAEDIT_FUZZED_READER"] ?? ""
    guard let reader = FuzzedReader.all.first(where: { $0.name == name }) else {
      stop("ALPHAEDIT_FUZZED_READER is to be one of \(FuzzedReader.all.map(\.name).joined(separator: ", "))")
    }
    let directory = URL(fileURLWithPath: environment["ALPHAEDIT_FUZZING_DIRECTORY"] ?? "/tmp")
      .appendingPathComponent("\(name)-\(ProcessInfo.processInfo.processIdentifier)", isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try reader.prepare(directory)
    } catch { stop("\(directory.path): \(error)") }
    Engine.setThreadCount(1)
    return Session(reader: reader, directory: directory)
  }()
}

/// Ends the process in the way that libFuzzer keeps the input for.
private func stop(_ reason: String) -> Never {
  FileHandle.standardError.write(Data("fuzz: \(reason)\n".utf8))
  abort()
}

/// Reads one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  do {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    _ = try Session.current.reader.run(input, in: Session.current.directory)
  } catch {
    stop(error.description)
  }
  return 0
}

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int) -> Int

/// Changes an input: every second time as bytes, else as the document that it is.
@_cdecl("LLVMFuzzerCustomMutator")
public func fuzzMutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: CUnsignedInt
) -> Int {
  var random = RandomSource(seed: UInt64(seed))
  let input = Array(UnsafeBufferPointer(start: data, count: size))
  guard random.next() % 2 == 0,
    let mutated = DocumentMutation.mutate(input, as: Session.current.reader.format, using: &random),
    mutated.count <= capacity
  else { return mutateBytes(data, size, capacity) }
  for (place, byte) in mutated.enumerated() { data[place] = byte }
  return mutated.count
}
