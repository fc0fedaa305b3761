import Checkpoints
import Foundation
import JSONLines
import Testing
import Tokenization
import Transformer

/// A folder of a test, removed with its value.
final class Folder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "reprise-parts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Writes a file and gives its path.
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: self(name)))
        return self(name)
    }

    func write(_ text: String, to name: String) throws -> String { try write(text.utf8, to: name) }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: self(name)))) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }
}

/// Models small enough that a test can make them anew.
enum TinyModel {
    static let context = 48

    static let tokenizer = Result {
        try Tokenizer.train(
            texts: ["the cat sat on the mat and the hat", "a cat and a hat sat"], vocabularySize: 270,
            specialTokens: ["<|end|>"])
    }

    /// Writes a model with random weights and a tokenizer; the folder is as good as any other model.
    static func save(_ path: String, seed: UInt64 = 1, vocabulary: Int? = nil, context: Int = context) throws {
        let tokenizer = try tokenizer.get()
        let config = try ModelConfig(
            vocabularySize: vocabulary ?? tokenizer.vocabularySize, hiddenSize: 16, intermediateSize: 32, layers: 2,
            heads: 2, keyValueHeads: 1, maxPositions: context, eosTokenIDs: [0])
        try LlamaModel.initialized(config: config, seed: seed, deviation: 0.2)
            .checkpoint(companions: [.init(name: "tokenizer.json", bytes: tokenizer.json)]).save(directory: path)
    }
}

extension Binary.Outcome {
    /// Every line of standard output as JSON.
    func json() throws -> [JSON] { try lines.map { try JSON.parse($0) } }

    /// Expects that the command refused with this status and one line that holds the words.
    func refused(_ expected: Int32, _ words: String..., at location: SourceLocation = #_sourceLocation) {
        #expect(status == expected, "\(error)", sourceLocation: location)
        #expect(error.split(separator: "\n").count == 1, "\(error)", sourceLocation: location)
        for word in words { #expect(error.contains(word), "\(error)", sourceLocation: location) }
    }
}
