import Checkpoints
import Files
import Foundation
import Testing

/// A tiny model with every weight different.
func tinyCheckpoint(tied: Bool = true, type: ElementType = .float32, seed: Int = 1) throws -> Checkpoint {
    let config = try ModelConfig(
        vocabularySize: 12, hiddenSize: 8, intermediateSize: 6, layers: 2, heads: 2, keyValueHeads: 1, maxPositions: 16,
        tiesEmbeddings: tied)
    var state = UInt64(seed)
    var tensors: [Tensor] = []
    for (name, shape) in config.tensorShapes {
        let values = (0..<shape.reduce(1, *)).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-33
        }
        tensors.append(try Tensor(name: name, shape: shape, floats: values, as: type))
    }
    return try Checkpoint(config: config, tensors: tensors)
}

@Suite struct CheckpointTests {
    @Test(arguments: [ElementType.float32, .bfloat16, .float16], [true, false])
    func survivesADirectory(type: ElementType, tied: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/deep/model"
        let companions = [Checkpoint.Companion(name: "tokenizer.json", bytes: [1, 2, 3])]
        let saved = try tinyCheckpoint(tied: tied, type: type).with(companions: companions)
        try saved.save(directory: path)
        let loaded = try Checkpoint.load(directory: path)
        #expect(loaded.config == saved.config)
        #expect(loaded.weightsDigest == saved.weightsDigest)
        #expect(loaded.companions == companions)
        #expect(loaded.elementType == type)
        #expect(zip(loaded.tensors, saved.tensors).allSatisfy { $0.isIdentical(to: $1) })
        // Again over what is there: same bytes, no leftovers.
        let before = try FileReader.contents(of: path + "/model.safetensors", limit: 1 << 20)
        try loaded.save(directory: path)
        #expect(try FileReader.contents(of: path + "/model.safetensors", limit: 1 << 20) == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
                "config.json", "model.safetensors", "tokenizer.json",
            ])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/deep") == ["model"])
    }

    @Test func digestSeesNamesTypesShapesAndEveryBit() throws {
        let base = try tinyCheckpoint()
        #expect(try tinyCheckpoint().weightsDigest == base.weightsDigest)
        #expect(try tinyCheckpoint(seed: 2).weightsDigest != base.weightsDigest)
        #expect(try base.converted(to: .bfloat16).weightsDigest != base.weightsDigest)
        var tensors = base.tensors
        var values = tensors[0].floats
        values[3] = values[3].nextUp
        tensors[0] = try Tensor(name: tensors[0].name, shape: tensors[0].shape, floats: values)
        #expect(try base.with(tensors: tensors).weightsDigest != base.weightsDigest)
        #expect(
            try base.with(companions: [.init(name: "tokenizer.json", bytes: [])]).weightsDigest == base.weightsDigest)
    }

    @Test func missingWrongAndUnknownTensorsAreNamed() throws {
        let base = try tinyCheckpoint()
        let missing = #expect(throws: CheckpointError.self) {
            try base.with(tensors: base.tensors.filter { $0.name != "model.norm.weight" })
        }
        #expect(missing?.description.contains("lacks tensor model.norm.weight") == true)
        let flat = try base.tensors.map { try $0.renamed($0.name, shape: [$0.count]) }
        let shape = #expect(throws: CheckpointError.self) { try base.with(tensors: flat) }
        #expect(shape?.description.contains("has shape [96]; its configuration implies [12, 8]") == true)
        let extra = try Tensor(name: "model.extra", shape: [1], floats: [1])
        let unknown = #expect(throws: CheckpointError.self) { try base.with(tensors: base.tensors + [extra]) }
        #expect(unknown?.description.contains("model.extra") == true)
        #expect(throws: CheckpointError.self) { try base.with(tensors: base.tensors + [base.tensors[0]]) }
    }

    @Test func ignoresOldBuffersAndATiedCopy() throws {
        let base = try tinyCheckpoint()
        let buffer = try Tensor(name: "model.layers.0.self_attn.rotary_emb.inv_freq", shape: [2], floats: [1, 2])
        let embedding = try #require(base["model.embed_tokens.weight"])
        let copy = try embedding.renamed("lm_head.weight")
        let loaded = try base.with(tensors: base.tensors + [buffer, copy])
        #expect(loaded.weightsDigest == base.weightsDigest)
        let other = try Tensor(name: "lm_head.weight", shape: embedding.shape, floats: embedding.floats.map { $0 + 1 })
        #expect(throws: CheckpointError.self) { try base.with(tensors: base.tensors + [other]) }
    }

    @Test func readsShards() throws {
        let folder = try TemporaryFolder()
        let saved = try tinyCheckpoint()
        try FileReplacement.write(saved.config.json(), to: folder.path + "/config.json")
        try SafetensorsFile.write(Array(saved.tensors.prefix(5)), to: folder.path + "/a.safetensors")
        try SafetensorsFile.write(Array(saved.tensors.dropFirst(5)), to: folder.path + "/b.safetensors")
        let map = saved.tensors.enumerated().map { "\"\($1.name)\": \"\($0 < 5 ? "a" : "b").safetensors\"" }
        let index = "{\"metadata\": {}, \"weight_map\": {\(map.joined(separator: ", "))}}"
        try FileReplacement.write(Array(index.utf8), to: folder.path + "/model.safetensors.index.json")
        #expect(try Checkpoint.load(directory: folder.path).weightsDigest == saved.weightsDigest)
        let outside = index.replacing("a.safetensors", with: "../a.safetensors")
        try FileReplacement.write(Array(outside.utf8), to: folder.path + "/model.safetensors.index.json")
        #expect(throws: CheckpointError.self) { try Checkpoint.load(directory: folder.path) }
    }

    @Test func namesTheFileThatIsMissing() throws {
        let folder = try TemporaryFolder()
        let none = #expect(throws: FileError.self) { try Checkpoint.load(directory: folder.path + "/none") }
        #expect(none?.description.contains("/none is not a directory") == true)
        #expect(throws: FileError.self) { try Checkpoint.load(directory: folder.path) }
        try FileReplacement.write(try tinyCheckpoint().config.json(), to: folder.path + "/config.json")
        let weights = #expect(throws: FileError.self) { try Checkpoint.load(directory: folder.path) }
        #expect(weights?.description.contains("model.safetensors") == true)
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"), arguments: ["llama-tied", "llama-untied", "llama3-rope"])
    func loadsTheFixtures(name: String) throws {
        let path = Shared.path + "/fixtures/transformers/" + name
        let folder = try TemporaryFolder()
        let loaded = try Checkpoint.load(directory: path)
        try loaded.save(directory: folder.path + "/again")
        // The reference writer's bytes.
        #expect(
            try FileReader.contents(of: folder.path + "/again/model.safetensors", limit: 1 << 22)
                == FileReader.contents(of: path + "/model.safetensors", limit: 1 << 22))
    }
}
