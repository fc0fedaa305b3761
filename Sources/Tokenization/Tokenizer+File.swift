import Files
import JSONLines

/// tokenizer.json in and out.
extension Tokenizer {
    /// Reads the content of a tokenizer.json.
    /// - Parameter file: its name for error sentences.
    /// - Throws: `TokenizerError` when it is damaged or of a kind that is not known.
    public init(json bytes: [UInt8], file: String = "tokenizer.json") throws(TokenizerError) {
        let json: JSON
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw TokenizerError("\(file) is not JSON: \(error)")
        }
        definition = Definition(try TokenizerParts(json: json, file: file), json: bytes)
    }

    /// Reads a tokenizer.json.
    /// - Throws: `FileError` or `TokenizerError`, one sentence that names the file.
    public static func load(path: String) throws -> Tokenizer {
        try Tokenizer(json: try FileReader.contents(of: path, limit: 1 << 28), file: path)
    }

    /// Writes a tokenizer.json, durably: for a tokenizer that was read, the same bytes.
    /// - Throws: `FileError`.
    public func save(path: String) throws {
        try FileReplacement.write(json, to: path)
    }
}
