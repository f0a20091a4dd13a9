import ArgumentParser
import Foundation
import StrictJSON
import Tokenization

/// Turns texts into ids and back.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn texts into token ids and back.",
    discussion: """
      One {"text": …} a line in; one {"ids", "idsPlain", "decoded"} a line out, in the same order: the ids with the special \
      tokens that the tokenizer adds, those without, and the text that the latter decode to.
      """)

  @Option(help: ArgumentHelp("A checkpoint's directory, or a tokenizer.json.", valueName: "path"))
  var tokenizer: FilePath

  @Argument(help: ArgumentHelp("JSON lines.", valueName: "file"))
  var file: FilePath

  func run() throws {
    let tokenizer = try Tokenizer(contentsOf: tokenizer.url)
    let lines = try JSONLines(contentsOf: file.url)
    while let object = try lines.next() {
      guard let text = object["text"]?.string else { throw lines.error("it has no “text”") }
      let plain = try tokenizer.encode(text, addingSpecialTokens: false).ids
      let line: JSON = [
        "ids": JSON(try tokenizer.encode(text).ids.map { JSON($0) }),
        "idsPlain": JSON(plain.map { JSON($0) }),
        "decoded": JSON(try tokenizer.decode(plain, cleaningUpSpaces: false)),
      ]
      StandardOutput.write(line.serialized() + [0x0A])
    }
  }
}
