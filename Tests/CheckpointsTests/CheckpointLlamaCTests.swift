import Checkpoints
import Files
import Testing

@Suite struct CheckpointLlamaCTests {
    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func bothVersionsHoldTheSameModel() throws {
        let folder = Shared.path + "/models/stories260K/"
        let legacy = try Checkpoint.load(llamaC: folder + "stories260K.bin")
        let version1 = try Checkpoint.load(llamaC: folder + "stories260K_v1.bin")
        #expect(legacy.config == version1.config)
        #expect(legacy.weightsDigest == version1.weightsDigest)
        #expect(legacy.config.layers == 5 && legacy.config.keyValueHeads == 4 && legacy.config.tiesEmbeddings)
        let quantised = #expect(throws: CheckpointError.self) {
            try Checkpoint.load(llamaC: folder + "stories260K_q8.bin")
        }
        #expect(quantised?.description.contains("quantised") == true)
        let baby = try Checkpoint.load(llamaC: Shared.path + "/models/babyllama_tok105/model5000.bin")
        #expect(baby.config.parameterCount > 900_000)
    }

    /// A legacy file whose floats count up from 0; hidden size 4, one layer, 1 head of 4.
    static func file(in folder: TemporaryFolder, vocabulary: Int32, extra: Int) throws -> String {
        let path = folder.path + "/m.bin"
        var file = try FileReplacement(of: path)
        try [Int32(4), 3, 1, 1, 1, vocabulary, 5].withByteSpan { try file.write($0) }
        let embedding = Int(abs(vocabulary)) * 4
        let count = embedding + 4 + 4 * 16 + 4 + 3 * 12 + 4 + 5 * 4 + (vocabulary < 0 ? embedding : 0) + extra
        try (0..<count).map { Float($0) }.withByteSpan { try file.write($0) }
        try file.commit()
        return path
    }

    @Test func permutesQueriesAndKeysOnly() throws {
        let folder = try TemporaryFolder()
        let loaded = try Checkpoint.load(llamaC: try Self.file(in: folder, vocabulary: 6, extra: 0))
        func rows(_ part: String) throws -> [Float] {
            // The first element of each row, counted in rows from the tensor's start.
            let values = try loaded.floats("model.layers.0.self_attn.\(part).weight")
            let first = try #require(values.min())
            return stride(from: 0, to: 16, by: 4).map { (values[$0] - first) / 4 }
        }
        #expect(try rows("q_proj") == [0, 2, 1, 3])
        #expect(try rows("k_proj") == [0, 2, 1, 3])
        #expect(try rows("v_proj") == [0, 1, 2, 3])
        #expect(try rows("o_proj") == [0, 1, 2, 3])
        #expect(try loaded.floats("model.embed_tokens.weight").first == 0)
        #expect(try loaded.floats("model.layers.0.input_layernorm.weight").first == 24)
        #expect(loaded.config.bosTokenID == 1 && loaded.config.eosTokenIDs == [2])
    }

    @Test func aNegativeVocabularyHasItsOwnOutput() throws {
        let folder = try TemporaryFolder()
        let loaded = try Checkpoint.load(llamaC: try Self.file(in: folder, vocabulary: -6, extra: 0))
        #expect(!loaded.config.tiesEmbeddings)
        #expect(try loaded.floats("lm_head.weight").count == 24)
    }

    @Test(arguments: [-1, 1])
    func refusesAnotherSize(extra: Int) throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(in: folder, vocabulary: 6, extra: extra)
        #expect(throws: (any Error).self) { try Checkpoint.load(llamaC: path) }
    }

    @Test func refusesAnotherFile() throws {
        let folder = try TemporaryFolder()
        for bytes in [[UInt8](), [UInt8](repeating: 0xFF, count: 300), [UInt8](repeating: 0, count: 300)] {
            try FileReplacement.write(bytes, to: folder.path + "/m.bin")
            #expect(throws: CheckpointError.self) { try Checkpoint.load(llamaC: folder.path + "/m.bin") }
        }
    }
}
