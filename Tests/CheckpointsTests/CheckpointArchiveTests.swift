import Checkpoints
import Files
import Foundation
import Testing

@Suite struct CheckpointArchiveTests {
    static func checkpoint() throws -> Checkpoint {
        try tinyCheckpoint(type: .bfloat16).with(companions: [.init(name: "tokenizer.json", bytes: Array("{}".utf8))])
    }

    @Test func carriesACheckpoint() throws {
        let folder = try TemporaryFolder()
        let original = try Self.checkpoint()
        let blob = try CheckpointArchive.pack(original)
        try CheckpointArchive.unpack(blob, into: folder.path + "/base")
        let loaded = try Checkpoint.load(directory: folder.path + "/base")
        #expect(loaded.weightsDigest == original.weightsDigest)
        #expect(loaded.config == original.config)
        #expect(loaded.companions == original.companions)
        #expect(try CheckpointArchive.pack(loaded) == blob)
    }

    @Test func writesTheBytesThatSavingWrites() throws {
        let folder = try TemporaryFolder()
        try Self.checkpoint().save(directory: folder.path + "/saved")
        try CheckpointArchive.unpack(try CheckpointArchive.pack(Self.checkpoint()), into: folder.path + "/unpacked")
        for name in ["config.json", "model.safetensors", "tokenizer.json"] {
            #expect(
                try FileReader.contents(of: folder.path + "/saved/" + name, limit: 1 << 20)
                    == FileReader.contents(of: folder.path + "/unpacked/" + name, limit: 1 << 20))
        }
    }

    @Test func damageLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let blob = try CheckpointArchive.pack(Self.checkpoint())
        for count in stride(from: 0, to: blob.count, by: 97) {
            #expect(throws: CheckpointError.self) {
                try CheckpointArchive.unpack(Array(blob[..<count]), into: folder.path + "/base")
            }
        }
        #expect(throws: CheckpointError.self) { try CheckpointArchive.unpack(blob + [0], into: folder.path + "/base") }
        #expect(try folder.contents.isEmpty)
    }

    @Test func writesNowhereElse() throws {
        let folder = try TemporaryFolder()
        var blob = try CheckpointArchive.pack(Self.checkpoint())
        // "config.json" is the first name: after magic, count and length.
        let start = 8 + 4 + 2
        blob.replaceSubrange(start..<start + 11, with: Array("../evil.txt".utf8))
        let error = #expect(throws: CheckpointError.self) {
            try CheckpointArchive.unpack(blob, into: folder.path + "/base")
        }
        #expect(error?.description.contains("evil") == true)
        #expect(try folder.contents.isEmpty)
        #expect(throws: CheckpointError.self) {
            try CheckpointArchive.pack(Self.checkpoint().with(companions: [.init(name: "../evil", bytes: [])]))
        }
    }
}
