import Checkpoints
import Tokenization

extension FuzzTarget {
    /// Files that come from elsewhere, and deltas that come from learners.
    static let files = [
        FuzzTarget("safetensors", seeds: Samples.safetensors) { bytes in
            guard let file = try? SafetensorsFile(bytes: bytes[...], name: "input") else { return }
            for entry in file.entries {
                let read = try file.bytes(entry.name)
                try expect(read.count == entry.byteRange.count, "tensor \(entry.name) is not all there")
                _ = try? file.tensor(entry.name).floats
            }
        },
        FuzzTarget("archive", seeds: { [try CheckpointArchive.pack(Samples.checkpoint(seed: 1))] }) { bytes in
            guard let checkpoint = try? CheckpointArchive.checkpoint(in: bytes) else { return }
            let again = try CheckpointArchive.checkpoint(in: CheckpointArchive.pack(checkpoint))
            try expect(again.weightsDigest == checkpoint.weightsDigest, "the weights are others when read again")
        },
        FuzzTarget("delta", seeds: { [try Samples.delta(1), try Samples.delta(40), try Samples.lowRankDelta()] }) {
            let base = try Samples.checkpoint(seed: 1)
            return { bytes in
                guard let delta = try? WeightDelta(bytes: bytes), let new = try? delta.apply(to: base) else { return }
                _ = try? delta.adapter(over: base)
                try expect(new.weightsDigest == delta.result, "a delta made other weights than it says")
            }
        },
        FuzzTarget("llama2c", seeds: { [Samples.llamaC(vocabulary: 6), Samples.llamaC(vocabulary: -6)] }) { bytes in
            guard let checkpoint = try? Checkpoint.load(llamaC: bytes[...], name: "input") else { return }
            try expect(checkpoint.tensors.count == checkpoint.config.tensorShapes.count, "tensors are missing")
        },
        FuzzTarget("tokenizer", seeds: { Samples.tokenizers.map { Array($0.utf8) } }) { bytes in
            guard let tokenizer = try? Tokenizer(json: bytes) else { return }
            let tokens = tokenizer.encode("Hello, low lower 12\u{E9}\n")
            _ = tokenizer.decode(tokens)
        },
    ]
}

/// Small good files of every kind.
enum Samples {
    static func checkpoint(seed: UInt64, step: Int = 1, moved: Float = 0) throws -> Checkpoint {
        let config = try ModelConfig(
            vocabularySize: 12, hiddenSize: 8, intermediateSize: 6, layers: 1, heads: 2, keyValueHeads: 1,
            maxPositions: 16)
        var state = seed
        let tensors = try config.tensorShapes.map { name, shape in
            let values = (0..<shape.reduce(1, *)).map { index -> Float in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-33 + (index % step == 0 ? moved : 0)
            }
            return try Tensor(name: name, shape: shape, floats: values, as: .bfloat16)
        }
        return try Checkpoint(config: config, tensors: tensors)
    }

    /// A delta that changes every `step`-th weight.
    static func delta(_ step: Int) throws -> [UInt8] {
        try WeightDelta.encode(base: checkpoint(seed: 1), new: checkpoint(seed: 1, step: step, moved: 0.25)).bytes
    }

    /// A delta that holds the factors of a change.
    static func lowRankDelta() throws -> [UInt8] {
        let base = try checkpoint(seed: 1)
        let name = "model.layers.0.self_attn.q_proj.weight"
        let change = try LowRankChange(
            rank: 1, rows: 8, columns: 8, up: [Float](repeating: 0.5, count: 8),
            down: [Float](repeating: 0.25, count: 8))
        let tensors = try base.tensors.map { tensor in
            guard tensor.name == name else { return tensor }
            return try Tensor(name: name, shape: [8, 8], floats: tensor.floats.map { $0 + 0.125 }, as: .bfloat16)
        }
        return try WeightDelta.encode(
            base: base, new: base.with(tensors: tensors), adapter: LowRankAdapter([name: change])
        ).bytes
    }

    @Sendable static func safetensors() -> [[UInt8]] {
        [
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#
                + #""b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]}}"#,
            #"{"a":{"dtype":"F16","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#,
        ].map { header in
            let text = Array(header.utf8)
            let size = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
            return size + text + Array(repeating: 0x3F, count: header.contains("BF16") ? 12 : 8)
        }
    }

    /// A legacy file: hidden size 4, one layer, one head.
    static func llamaC(vocabulary: Int32) -> [UInt8] {
        let embedding = Int(vocabulary.magnitude) * 4
        let count = embedding + 4 + 4 * 16 + 4 + 3 * 12 + 4 + 5 * 4 + (vocabulary < 0 ? embedding : 0)
        let words = [Int32(4), 3, 1, 1, 1, vocabulary, 5].map { UInt32(bitPattern: $0) }
        return (words + (0..<count).map { Float($0).bitPattern }).flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
        }
    }

    static let tokenizers = [
        #"{"version":"1.0","added_tokens":[{"id":0,"content":"<s>","special":true,"single_word":false,"lstrip":false,"#
            + #""rstrip":false,"normalized":false}],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel","#
            + #""add_prefix_space":false,"trim_offsets":true,"use_regex":true},"post_processor":null,"#
            + #""decoder":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"<s>":0,"l":1,"o":2,"w":3,"lo":4,"low":5,"#
            + #""e":6,"H":7},"merges":["l o","lo w"]}}"#,
        #"{"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":"#
            + #"{"String":" "},"content":"▁"}]},"decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":"#
            + #"{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"}]},"model":{"type":"BPE","#
            + #""unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,"vocab":{"<unk>":0,"<0x0A>":1,"▁":2,"l":3,"o":4,"#
            + #""▁l":5,"▁lo":6},"merges":[["▁","l"],["▁l","o"]]}}"#,
    ]
}
