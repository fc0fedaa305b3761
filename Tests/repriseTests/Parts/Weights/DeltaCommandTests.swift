import Checkpoints
import JSONLines
import Testing

@Suite struct DeltaCommandTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        try TinyModel.save(folder("base"))
        try TinyModel.save(folder("new"), seed: 2)
    }

    @Test func whatIsEncodedIsApplied() async throws {
        let encoded = try await Binary.run(["delta", "encode", folder("base"), folder("new"), "-o", folder("d")])
        #expect(encoded.status == 0, "\(encoded.error)")
        let summary = try encoded.json()[0]
        let (base, new) = (
            try Checkpoint.load(directory: folder("base")), try Checkpoint.load(directory: folder("new"))
        )
        #expect(summary["base"]?.string == "\(base.weightsDigest)")
        #expect(summary["result"]?.string == "\(new.weightsDigest)")
        #expect(summary["bytes"]?.integer == (try folder.bytes("d")).count)
        #expect(summary["fullBytes"]?.integer == new.byteCount)
        let inspected = try await Binary.run(["delta", "inspect", folder("d"), "--tensors"])
        #expect(try inspected.json()[0] == summary)
        #expect(inspected.lines.count == 1 + base.tensors.count)
        #expect(try await Binary.run(["delta", "inspect", folder("d")]).output + "" == encoded.output)
        let applied = try await Binary.run(["delta", "apply", folder("base"), folder("d"), "-o", folder("made")])
        #expect(applied.status == 0, "\(applied.error)")
        let made = try Checkpoint.load(directory: folder("made"))
        #expect(made.weightsDigest == new.weightsDigest)
        #expect(made.companions == base.companions)
    }

    @Test func anotherBaseIsRefused() async throws {
        _ = try await Binary.run(["delta", "encode", folder("base"), folder("new"), "-o", folder("d")])
        try await Binary.run(["delta", "apply", folder("new"), folder("d"), "-o", folder("made")]).refused(65, "base")
        #expect(!folder.exists("made"))
    }

    @Test func damageIsRefused() async throws {
        _ = try await Binary.run(["delta", "encode", folder("base"), folder("new"), "-o", folder("d")])
        let bytes = try folder.bytes("d")
        let cut = try folder.write(bytes.dropLast(1), to: "cut")
        try await Binary.run(["delta", "inspect", cut]).refused(65, cut)
        var turned = bytes
        turned[bytes.count - 5] ^= 4
        let damaged = try folder.write(turned, to: "turned")
        let outcome = try await Binary.run(["delta", "apply", folder("base"), damaged, "-o", folder("made")])
        #expect(outcome.status == 65)
        #expect(!folder.exists("made"))
    }

    @Test func missingAndOccupiedPlacesAreNamed() async throws {
        try await Binary.run(["delta", "inspect", folder("none")]).refused(66, folder("none"))
        try await Binary.run(["delta", "encode", folder("none"), folder("new"), "-o", folder("d")])
            .refused(66, folder("none"))
        try await Binary.run(["delta", "encode", folder("base"), folder("new"), "-o", folder("none/d")]).refused(73)
        let bytes = try folder.bytes("new/model.safetensors")
        _ = try folder.write(bytes.prefix(40), to: "new/model.safetensors")
        try await Binary.run(["delta", "encode", folder("base"), folder("new"), "-o", folder("d")])
            .refused(65, "model.safetensors")
        try await Binary.run(["delta", "apply", folder("base"), folder("d"), "-o", folder("new")])
            .refused(73, "exists already")
        #expect(!folder.exists("d"))
    }

    @Test func modelsOfOtherShapesAreRefused() async throws {
        try TinyModel.save(folder("wide"), vocabulary: 300)
        let outcome = try await Binary.run(["delta", "encode", folder("base"), folder("wide"), "-o", folder("d")])
        #expect(outcome.status == 65)
        #expect(!folder.exists("d"))
    }

    @Test func factorsOfAnAdapterTravelAndComeBack() async throws {
        let base = try Checkpoint.load(directory: folder("base"))
        let matrix = try #require(base.tensors.first { $0.name.contains("q_proj") })
        let (rows, columns) = (matrix.shape[0], matrix.shape[1])
        let adapter = LowRankAdapter([
            matrix.name: try LowRankChange(
                rank: 1, rows: rows, columns: columns, up: [Float](repeating: 0.5, count: rows),
                down: [Float](repeating: 0.25, count: columns))
        ])
        try adapter.save(directory: folder("lora"))
        let tensors = try base.tensors.map { tensor in
            guard tensor.name == matrix.name else { return tensor }
            return try Tensor(
                name: tensor.name, shape: tensor.shape, floats: tensor.floats.map { $0 + 0.125 }, as: tensor.elementType
            )
        }
        try base.with(tensors: tensors).save(directory: folder("merged"))
        let encode = ["delta", "encode", folder("base"), folder("merged"), "-o", folder("d"), "--adapter"]
        #expect(try await Binary.run(encode + [folder("lora")]).status == 0)
        let inspected = try await Binary.run(["delta", "inspect", folder("d"), "--tensors"])
        #expect(inspected.output.contains(#""encoding":"lowRank""#), "\(inspected.output)")
        let written = try await Binary.run(["delta", "adapter", folder("base"), folder("d"), "-o", folder("again")])
        #expect(try written.json()[0]["rank"]?.integer == 1)
        #expect(try LowRankAdapter.load(directory: folder("again")) == adapter)
        // What is no adapter, or no adapter's delta, is named.
        try await Binary.run(encode + [folder("base")]).refused(66, "adapter_config.json")
        _ = try await Binary.run(["delta", "encode", folder("base"), folder("new"), "-o", folder("whole")])
        try await Binary.run(["delta", "adapter", folder("base"), folder("whole"), "-o", folder("none")])
            .refused(65, "does not change by a low-rank product")
        #expect(!folder.exists("none"))
    }
}
