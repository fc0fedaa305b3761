import Checkpoints
import Testing

@Suite struct CheckpointArchiveTests {
    static func checkpoint() throws -> Checkpoint {
        try tinyCheckpoint(type: .bfloat16).with(companions: [.init(name: "tokenizer.json", bytes: Array("{}".utf8))])
    }

    @Test func carriesACheckpoint() throws {
        let original = try Self.checkpoint()
        let blob = try CheckpointArchive.pack(original)
        let loaded = try CheckpointArchive.checkpoint(in: blob)
        #expect(loaded.weightsDigest == original.weightsDigest)
        #expect(loaded.config == original.config)
        #expect(loaded.companions == original.companions)
        #expect(try CheckpointArchive.pack(loaded) == blob)
    }

    @Test func isTheSameCheckpointAsItsDirectory() throws {
        let folder = try TemporaryFolder()
        try Self.checkpoint().save(directory: folder.path + "/saved")
        let saved = try Checkpoint.load(directory: folder.path + "/saved")
        let carried = try CheckpointArchive.checkpoint(in: CheckpointArchive.pack(saved))
        #expect(carried.weightsDigest == saved.weightsDigest)
        #expect(carried.config == saved.config && carried.companions == saved.companions)
    }

    @Test func damageIsRefused() throws {
        let blob = try CheckpointArchive.pack(Self.checkpoint())
        for count in stride(from: 0, to: blob.count, by: 97) {
            #expect(throws: CheckpointError.self) {
                try CheckpointArchive.checkpoint(in: Array(blob[..<count]))
            }
        }
        #expect(throws: CheckpointError.self) { try CheckpointArchive.checkpoint(in: blob + [0]) }
    }

    @Test func carriesFilesOfTheLayoutOnly() throws {
        var blob = try CheckpointArchive.pack(Self.checkpoint())
        // "config.json" is the first name: after magic, count and length.
        let start = 8 + 4 + 2
        blob.replaceSubrange(start..<start + 11, with: Array("../evil.txt".utf8))
        let error = #expect(throws: CheckpointError.self) {
            try CheckpointArchive.checkpoint(in: blob)
        }
        #expect(error?.description.contains("evil") == true)
        #expect(throws: CheckpointError.self) {
            try CheckpointArchive.pack(Self.checkpoint().with(companions: [.init(name: "../evil", bytes: [])]))
        }
    }
}
