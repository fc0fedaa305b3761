import Foundation
import JSONLines
import Testing

@testable import Checkpoints

/// Deltas of what LoRA trained, and the directories of its adapters.
@Suite struct LowRankTests {
    /// A change of every projection of the attention.
    static func adapter(over base: Checkpoint, rank: Int, seed: UInt64 = 7) throws -> LowRankAdapter {
        var state = seed
        func numbers(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-34
            }
        }
        var changes: [String: LowRankChange] = [:]
        for tensor in base.tensors where tensor.name.contains("self_attn") {
            let (rows, columns) = (tensor.shape[0], tensor.shape[1])
            changes[tensor.name] = try LowRankChange(
                rank: rank, rows: rows, columns: columns, up: numbers(rows * rank), down: numbers(rank * columns))
        }
        return LowRankAdapter(changes)
    }

    /// What a trainer makes of both: its own order of the sums, in single precision.
    static func merged(_ base: Checkpoint, _ adapter: LowRankAdapter) throws -> Checkpoint {
        try base.with(
            tensors: try base.tensors.map { tensor in
                guard let change = adapter.changes[tensor.name] else { return tensor }
                var values = tensor.floats
                for row in 0..<change.rows {
                    for column in 0..<change.columns {
                        var sum: Float = 0
                        for index in (0..<change.rank).reversed() {
                            sum += change.up[row * change.rank + index] * change.down[index * change.columns + column]
                        }
                        values[row * change.columns + column] += sum
                    }
                }
                return try Tensor(name: tensor.name, shape: tensor.shape, floats: values, as: tensor.elementType)
            })
    }

    @Test("Factors stand in the delta, which is smaller by far and as lossless as any")
    func delta() throws {
        for type in [ElementType.float32, .bfloat16, .float16] {
            let base = try WeightDeltaTests.large(type)
            let adapter = try Self.adapter(over: base, rank: 2)
            let new = try Self.merged(base, adapter)
            let whole = try WeightDelta.encode(base: base, new: new)
            let thin = try WeightDelta.encode(base: base, new: new, adapter: adapter)
            let read = try WeightDelta(bytes: thin.bytes)
            let applied = try read.apply(to: base)
            #expect(zip(applied.tensors, new.tensors).allSatisfy { $0.isIdentical(to: $1) })
            #expect(thin.bytes.count * 3 < whole.bytes.count, "\(type): \(thin.bytes.count) of \(whole.bytes.count)")
            #expect(read.changedCount == whole.changedCount && read.density > 0.1)
            #expect(Set(read.entries.map(\.encoding)) == [.unchanged, .lowRank])
            #expect(try read.adapter(over: base) == adapter)
        }
    }

    @Test("A delta without factors is no adapter, which names the tensor; one that changes nothing is an empty one")
    func otherDeltas() throws {
        let base = try tinyCheckpoint()
        let delta = try WeightDelta.encode(base: base, new: try tinyCheckpoint(seed: 2))
        let error = #expect(throws: CheckpointError.self) { try delta.adapter(over: base) }
        #expect(error?.description.contains("does not change by a low-rank product, as a LoRA adapter does") == true)
        let none = try WeightDelta.encode(base: base, new: base).adapter(over: base)
        #expect(none.changes.count == 2 && none.rank == 1)
        #expect(try Self.merged(base, none).weightsDigest == base.weightsDigest)
        #expect(throws: CheckpointError.self) {
            try WeightDelta.encode(base: base, new: base).adapter(over: try tinyCheckpoint(seed: 2))
        }
    }

    @Test("An adapter that did not make the weights is refused by the tensor's name, and so is one of another model")
    func strangers() throws {
        let base = try WeightDeltaTests.large(.bfloat16)
        let new = try Self.merged(base, try Self.adapter(over: base, rank: 2))
        let other = try Self.adapter(over: base, rank: 2, seed: 8)
        let error = #expect(throws: CheckpointError.self) {
            try WeightDelta.encode(base: base, new: new, adapter: other)
        }
        #expect(error?.description.contains("is not the base's and what the adapter adds to it") == true)
        let tiny = try Self.adapter(over: try tinyCheckpoint(), rank: 1)
        #expect(throws: CheckpointError.self) { try WeightDelta.encode(base: base, new: new, adapter: tiny) }
        // Of so high a rank that factors would be no less than the matrix, it is no help.
        let full = try Self.adapter(over: base, rank: 100)
        let merged = try Self.merged(base, full)
        let delta = try WeightDelta.encode(base: base, new: merged, adapter: full)
        #expect(!delta.entries.map(\.encoding).contains(.lowRank))
        #expect(try delta.apply(to: base).weightsDigest == merged.weightsDigest)
    }

    @Test("Damage of any byte is noticed, and no size that is declared allocates anything")
    func damage() throws {
        let base = try tinyCheckpoint(type: .bfloat16)
        let adapter = try Self.adapter(over: base, rank: 1)
        let new = try Self.merged(base, adapter)
        let bytes = try WeightDelta.encode(base: base, new: new, adapter: adapter).bytes
        for index in bytes.indices {
            for bit in [0, 7] {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                if let result = try? WeightDelta(bytes: damaged).apply(to: base) {
                    #expect(result.weightsDigest == new.weightsDigest)
                }
                if let read = try? WeightDelta(bytes: damaged).adapter(over: base) {
                    // What rounding hides makes the same weights all the same.
                    #expect(throws: Never.self) { try WeightDelta.encode(base: base, new: new, adapter: read) }
                }
            }
        }
    }

    @Test("What follows a change adds to it")
    func following() throws {
        let base = try WeightDeltaTests.large(.float32)
        let (first, second) = (try Self.adapter(over: base, rank: 2), try Self.adapter(over: base, rank: 3, seed: 9))
        let both = try first.followed(by: second)
        #expect(both.rank == 5)
        let new = try Self.merged(try Self.merged(base, first), second)
        let delta = try WeightDelta.encode(base: base, new: new, adapter: both)
        #expect(try delta.apply(to: base).weightsDigest == new.weightsDigest)
        #expect(try delta.adapter(over: base) == both)
        #expect(throws: CheckpointError.self) {
            try first.followed(by: try Self.adapter(over: try tinyCheckpoint(), rank: 1))
        }
    }

    // MARK: - The directory

    @Test("A directory is read as it was written; ranks are made equal with zeros, and nothing else changes")
    func directory() throws {
        let folder = try TemporaryFolder()
        let base = try WeightDeltaTests.large(.float32)
        let adapter = try Self.adapter(over: base, rank: 2)
        let more = try Self.adapter(over: base, rank: 3, seed: 3).changes.filter { $0.key.contains("q_proj") }
        let mixed = LowRankAdapter(adapter.changes.merging(more) { $1 })
        try mixed.save(directory: folder.path + "/adapter")
        let read = try LowRankAdapter.load(directory: folder.path + "/adapter")
        #expect(read.changes.values.allSatisfy { $0.rank == 3 } && read.changes.keys.count == mixed.changes.keys.count)
        #expect(try Self.merged(base, read).weightsDigest == Self.merged(base, mixed).weightsDigest)
        #expect(try folder.contents == ["adapter"])
    }

    @Test("The scale is PEFT's: alpha by the rank, or by its root")
    func scale() throws {
        let folder = try TemporaryFolder()
        let base = try WeightDeltaTests.large(.float32)
        let adapter = try Self.adapter(over: base, rank: 4)
        let path = folder.path + "/adapter"
        try adapter.save(directory: path)
        for (text, scale) in [
            (#""lora_alpha": 8, "r": 4"#, Float(2)), (#""lora_alpha": 8, "r": 4, "use_rslora": true"#, 4),
        ] {
            try Self.write(#"{"peft_type": "LORA", \#(text)}"#, to: path)
            let read = try LowRankAdapter.load(directory: path)
            for (name, change) in adapter.changes {
                #expect(
                    read.changes[name]?.up == change.up.map { $0 * scale } && read.changes[name]?.down == change.down)
            }
        }
    }

    private static func write(_ config: String, to directory: String) throws {
        try Data(config.utf8).write(to: URL(filePath: directory + "/adapter_config.json"))
    }

    @Test("What is more than a low-rank change is refused with its reason")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let base = try WeightDeltaTests.large(.float32)
        let path = folder.path + "/adapter"
        try Self.adapter(over: base, rank: 1).save(directory: path)
        let start = #"{"peft_type": "LORA", "lora_alpha": 1"#
        for (config, words) in [
            ("[]", "is not a JSON object"), (#"{"peft_type": "IA3"}"#, "peft_type is not \"LORA\""),
            (start + #", "use_dora": true}"#, "sets use_dora"),
            (start + #", "alpha_pattern": {"q_proj": 3}}"#, "sets alpha_pattern"),
            (#"{"peft_type": "LORA"}"#, "lacks lora_alpha"),
        ] {
            try Self.write(config, to: path)
            let error = #expect(throws: CheckpointError.self) { try LowRankAdapter.load(directory: path) }
            #expect(error?.description.contains(words) == true, "\(config): \(error?.description ?? "")")
        }
        try Self.write(start + "}", to: path)
        let name = "base_model.model.model.layers.0.self_attn.q_proj"
        let one = try Tensor(name: name + ".lora_A.weight", shape: [1, 64], floats: [Float](repeating: 1, count: 64))
        for (tensors, words) in [
            ([one], "there is no tensor \(name).lora_B.weight"), ([], "holds no pairs of factors"),
            (
                [
                    one,
                    try Tensor(
                        name: name + ".lora_B.weight", shape: [64, 2], floats: [Float](repeating: 1, count: 128)),
                ],
                "has no pair of factors that can be multiplied"
            ),
            (
                [
                    one, try Tensor(name: name + ".lora_B.weight", shape: [1, 1], floats: [.infinity]),
                ], "is not a finite number"
            ),
            ([try one.renamed("base_model.model.lm_head.weight")], "which is no factor of a low-rank change"),
        ] {
            try SafetensorsFile.write(tensors, to: path + "/adapter_model.safetensors")
            let error = #expect(throws: (any Error).self) { try LowRankAdapter.load(directory: path) }
            #expect("\(error.map { "\($0)" } ?? "")".contains(words), "\(words): \(error.map { "\($0)" } ?? "")")
        }
    }
}
