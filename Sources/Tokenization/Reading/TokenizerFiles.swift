import Foundation
import StrictJSON

/// The files of a tokenizer: `tokenizer.json`, and what its neighbours say beside it.
struct TokenizerFiles {
  let tokenizer: TokenizerField
  private let neighbours: [TokenizerField]

  /// - Parameter url: a directory that holds `tokenizer.json`, or that file.
  init(_ url: URL) throws(TokenizerError) {
    let isDirectory = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    let directory = isDirectory ? url : url.deletingLastPathComponent()
    let file = isDirectory ? url.appending(path: "tokenizer.json") : url
    tokenizer = try Self.read(file)
    var neighbours: [TokenizerField] = []
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      let neighbour = directory.appending(path: name)
      if FileManager.default.fileExists(atPath: neighbour.path) {
        neighbours.append(try Self.read(neighbour))
      }
    }
    self.neighbours = neighbours
  }

  /// The token that `name` (such as `bos_token`) gives, as a string or as `{"content": …}`; nil when none does.
  func specialToken(_ name: String) throws(TokenizerError) -> [UInt8]? {
    for neighbour in neighbours {
      guard let token = try neighbour.optional(name) else { continue }
      return token.value.object == nil ? try token.bytes() : try token.required("content").bytes()
    }
    return nil
  }

  /// Whether decoded text is cleaned up when the caller does not say.
  func cleansUpSpaces() throws(TokenizerError) -> Bool {
    for neighbour in neighbours {
      if try neighbour.optional("clean_up_tokenization_spaces") != nil {
        return try neighbour.flag("clean_up_tokenization_spaces", default: false)
      }
    }
    return false
  }

  private static func read(_ url: URL) throws(TokenizerError) -> TokenizerField {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw .unreadable(file: url.path, reason: "cannot be read: \(error.localizedDescription)")
    }
    let json: JSON
    do {
      json = try JSON.parse(data)
    } catch {
      throw .notJSON(file: url.path, error)
    }
    guard json.object != nil else {
      throw .invalid(file: url.path, field: "the document", reason: "must be an object, is \(json.kind)")
    }
    return TokenizerField(value: json, path: "", file: url.path)
  }
}
