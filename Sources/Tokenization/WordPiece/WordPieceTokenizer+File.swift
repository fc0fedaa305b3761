import Files
import Foundation
import JSONLines

extension WordPieceTokenizer {
    /// Reads the tokenizer of a model directory: its tokenizer.json, or its vocab.txt with tokenizer_config.json beside.
    /// - Throws: `FileError` or `TokenizerError`, one sentence that names the file.
    public static func load(directory: String) throws -> WordPieceTokenizer {
        let (json, vocabulary) = (directory + "/tokenizer.json", directory + "/vocab.txt")
        if FileManager.default.fileExists(atPath: json) {
            return try WordPieceTokenizer(json: try FileReader.contents(of: json, limit: 1 << 28), file: json)
        }
        guard FileManager.default.fileExists(atPath: vocabulary) else {
            throw TokenizerError("\(directory) has neither tokenizer.json nor vocab.txt; copy the model's there.")
        }
        let options = directory + "/tokenizer_config.json"
        let config =
            FileManager.default.fileExists(atPath: options)
            ? try FileReader.contents(of: options, limit: 1 << 24) : Array("{}".utf8)
        return try WordPieceTokenizer(
            vocabulary: try FileReader.contents(of: vocabulary, limit: 1 << 28), options: config, file: vocabulary)
    }

    /// Reads the content of a vocab.txt, a token a line, and of the tokenizer_config.json beside it, whose
    /// `do_lower_case`, `strip_accents` and `tokenize_chinese_chars` count.
    /// - Throws: `TokenizerError`.
    public init(
        vocabulary: [UInt8], options: [UInt8] = Array("{}".utf8), file: String = "vocab.txt"
    ) throws(TokenizerError) {
        guard let text = String(validating: vocabulary, as: UTF8.self) else {
            throw TokenizerError("\(file) is not text in UTF-8.")
        }
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        if lines.last == "" { lines.removeLast() }
        var definition = Definition(tokens: lines, unknown: 0)
        func id(_ name: String) throws(TokenizerError) -> Int32 {
            guard let id = lines.lastIndex(of: name) else {
                throw TokenizerError("\(file) has no token \(name); is it a vocabulary of the BERT type?")
            }
            return Int32(id)
        }
        definition.unknown = try id("[UNK]")
        definition.prefix = [try id("[CLS]")]
        definition.suffix = [try id("[SEP]")]
        for name in ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"] {
            guard let id = lines.lastIndex(of: name) else { continue }
            definition.special.append(Self.special(Int32(id), name))
        }
        guard let config = try? JSON.parse(options), config.object != nil else {
            throw TokenizerError("the tokenizer_config.json beside \(file) is not a JSON object.")
        }
        let lowercases = config["do_lower_case"]?.bool ?? true
        definition.normalization.lowercases = lowercases
        definition.normalization.stripsAccents = config["strip_accents"]?.bool ?? lowercases
        definition.normalization.separatesIdeographs = config["tokenize_chinese_chars"]?.bool ?? true
        self.init(definition)
    }

    /// Reads the content of a tokenizer.json whose model is WordPiece; its `truncation` and `padding` do not count.
    /// - Throws: `TokenizerError` when it is damaged or does something that is not known here.
    public init(json bytes: [UInt8], file: String = "tokenizer.json") throws(TokenizerError) {
        let json: JSON
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw TokenizerError("\(file) is not JSON: \(error)")
        }
        self.init(try WordPieceFile(json: json, file: file).definition())
    }

    static func special(_ id: Int32, _ content: String) -> AddedTokenMatcher.Token {
        AddedTokenMatcher.Token(id: id, bytes: Array(content.utf8), stripsLeft: false, stripsRight: false)
    }
}
