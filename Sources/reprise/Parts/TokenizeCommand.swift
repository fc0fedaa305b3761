import ArgumentParser
import JSONLines
import Tokenization

/// `reprise tokenize`: text to token ids and back.
struct TokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn text into token ids, or ids into text.",
        discussion: """
            Reads {"text": s} and adds "tokens"; with --decode reads {"tokens": [ids]} and adds "text". Other fields stay. \
            Only DIR/tokenizer.json is needed. The tokenizer's own special tokens, such as a begin token, are put around the \
            text as its post-processor says, unless --no-special.

            Example:
              echo '{"text": "Hello there"}' | reprise tokenize --model base
            """)

    @Option(help: ArgumentHelp("Directory with tokenizer.json.", valueName: "dir")) var model: String
    @Flag(help: "Turn ids into text.") var decode = false
    @Flag(inversion: .prefixedNo, help: "Put the tokenizer's special tokens around the text.") var special = true
    @Flag(help: "With --decode: write special tokens out too.") var keepSpecial = false
    @OptionGroup var input: LineInput

    func run() async throws {
        let tokenizer = try ModelDirectory.tokenizer(model)
        let (decode, special, keepSpecial) = (decode, special, keepSpecial)
        try LineFilter(title: "tokenize").run(input) { line in
            if decode {
                let tokens = try line.tokens("tokens")
                if let unknown = tokens.first(where: { $0 < 0 || Int($0) >= tokenizer.vocabularySize }) {
                    throw line.failure(
                        "there is no token \(unknown); the vocabulary has \(tokenizer.vocabularySize) tokens.")
                }
                let text = tokenizer.decode(tokens, skipSpecial: !keepSpecial)
                return line.adding(["text": .string(text)])
            }
            let tokens = tokenizer.encode(try line.text("text"), addSpecial: special)
            return line.adding(["tokens": JSON(tokens: tokens)])
        }
    }
}
