import ArgumentParser
import Checkpoints
import Digests
import Files
import Foundation
import JSONLines
import Tokenization

/// `reprise import`: models of other formats.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turn models of other formats into the Hugging Face layout.",
        discussion: """
            Example:
              reprise import llama2c stories260K.bin --tokenizer tok512.bin -o stories
            """,
        subcommands: [LlamaC.self])

    struct LlamaC: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "llama2c",
            abstract: "Import a checkpoint and a tokenizer of llama2.c.",
            discussion: """
                Reads float32 checkpoints of version 0 and 1 with their tokenizer.bin.

                Example:
                  reprise import llama2c stories260K.bin --tokenizer tok512.bin -o stories
                """)

        @Argument(help: "The checkpoint.") var file: String
        @Option(help: ArgumentHelp("The tokenizer.", valueName: "file")) var tokenizer: String
        @Option(name: .shortAndLong, help: ArgumentHelp("Directory to write; must not exist.", valueName: "dir"))
        var output: String

        func run() async throws {
            try Output.check(directory: output)
            let checkpoint: Checkpoint
            let tokenizer: Tokenizer
            do {
                checkpoint = try Checkpoint.load(llamaC: file)
                tokenizer = try Tokenizer.load(llamaC: self.tokenizer)
            } catch let error as FileError {
                throw Failure(error.code == ENOENT ? .missing : .data, error.description)
            }
            try ModelDirectory.check(tokenizer, checkpoint.config, file)
            let whole = try checkpoint.with(companions: [.init(name: "tokenizer.json", bytes: tokenizer.json)])
            try Output.writing { try whole.save(directory: output) }
            try LineOutput.print([
                "output": .string(output), "parameters": .integer(Int64(whole.config.parameterCount)),
                "vocabulary": .integer(Int64(whole.config.vocabularySize)),
                "weights": .string(whole.weightsDigest.description),
            ])
        }
    }
}
