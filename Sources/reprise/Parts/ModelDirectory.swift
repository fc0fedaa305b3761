import Checkpoints
import Files
import Foundation
import Tokenization

/// A model in the Hugging Face layout, as `--model` names it.
struct ModelDirectory {
    /// The directory.
    let path: String
    /// Shape, weights and the files beside them.
    let checkpoint: Checkpoint
    /// Of tokenizer.json, when there is one: lines may hold token ids instead of text.
    let tokenizer: Tokenizer?

    /// Loads the directory, and checks that tokenizer and weights belong together.
    /// - Throws: `Failure` when the directory or a file is not there; else what the readers throw, one sentence each.
    init(_ path: String) throws {
        self.path = path
        checkpoint = try Self.checkpoint(path)
        guard let json = checkpoint.companion("tokenizer.json") else {
            tokenizer = nil
            return
        }
        let tokenizer = try Tokenizer(json: json, file: "\(path)/tokenizer.json")
        try Self.check(tokenizer, checkpoint.config, path)
        self.tokenizer = tokenizer
    }

    /// The weights alone.
    static func checkpoint(_ path: String) throws -> Checkpoint {
        guard Directories.exists(path) else { throw Failure(.missing, "There is no model directory \(path).") }
        do {
            return try Checkpoint.load(directory: path)
        } catch let error as FileError {
            throw Failure(error.code == ENOENT ? .missing : .data, error.description)
        }
    }

    /// The tokenizer alone, which needs no weights beside it.
    static func tokenizer(_ path: String) throws -> Tokenizer {
        guard Directories.exists(path) else { throw Failure(.missing, "There is no model directory \(path).") }
        do {
            return try Tokenizer.load(path: "\(path)/tokenizer.json")
        } catch let error as FileError {
            throw Failure(error.code == ENOENT ? .missing : .data, error.description)
        }
    }

    /// Refuses a tokenizer with ids that the model does not have.
    static func check(_ tokenizer: Tokenizer, _ config: ModelConfig, _ path: String) throws {
        guard tokenizer.vocabularySize <= config.vocabularySize else {
            throw Failure(
                .data,
                """
                \(path): the tokenizer has \(tokenizer.vocabularySize) tokens but the model only \
                \(config.vocabularySize); they do not belong together.
                """)
        }
    }

    /// The tokens of a field that holds text; special tokens of the tokenizer are put around it when asked for.
    func encode(_ text: String, of line: InputLine, addSpecial: Bool) throws -> [Int32] {
        guard let tokenizer else {
            throw line.failure("\(path) has no tokenizer.json, so text cannot be read; give token ids instead.")
        }
        return tokenizer.encode(text, addSpecial: addSpecial)
    }

    /// Refuses tokens that the model cannot take in: none, unknown ones, or with `more` to come too many.
    func check(_ tokens: [Int32], of line: InputLine, more: Int = 0) throws {
        let config = checkpoint.config
        guard !tokens.isEmpty else { throw line.failure("there are no tokens; give at least one.") }
        if let unknown = tokens.first(where: { $0 < 0 || Int($0) >= config.vocabularySize }) {
            throw line.failure(
                "there is no token \(unknown); the model's vocabulary has \(config.vocabularySize) tokens.")
        }
        guard tokens.count + more <= config.maxPositions else {
            let sum = more > 0 ? ", which with \(more) new ones exceed" : "; that exceeds"
            throw line.failure("there are \(tokens.count) tokens\(sum) the model's context of \(config.maxPositions).")
        }
    }
}
