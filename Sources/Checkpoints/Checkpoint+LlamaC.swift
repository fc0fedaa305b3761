import Files

/// Import of llama2.c's `.bin` checkpoints, float32: the legacy layout and version 1.
///
/// Source: `export.py` and `run.c` of karpathy/llama2.c. Its rotary positions turn neighbouring pairs of a head (Meta's
/// layout); the Hugging Face layout turns the first half against the second. The rows of q and k are permuted accordingly.
extension Checkpoint {
    private static let versionMagic: UInt32 = 0x616B_3432

    /// Reads a `.bin` file; begin and end of text are tokens 1 and 2, as in all of its models.
    /// - Throws: `FileError`; `CheckpointError` when it is not such a file or has not the size its header implies.
    public static func load(llamaC path: String) throws -> Checkpoint { try read(try FileReader(path: path)) }

    /// Reads bytes as the `.bin` file of that name.
    /// - Throws: As `load(llamaC:)`.
    public static func load(llamaC bytes: ArraySlice<UInt8>, name: String) throws -> Checkpoint {
        try read(FileReader(bytes: bytes, name: name))
    }

    private static func read(_ reader: FileReader) throws -> Checkpoint {
        let path = reader.path
        guard reader.byteCount >= 28 else {
            throw CheckpointError("\(path) is not a llama2.c checkpoint: it is too short.")
        }
        let isVersioned = try reader.integers(UInt32.self, count: 1, at: 0)[0] == versionMagic
        if isVersioned {
            guard reader.byteCount >= 256, try reader.integers(UInt32.self, count: 1, at: 4)[0] == 1 else {
                throw CheckpointError(
                    "\(path) is a quantised or unknown version of llama2.c's format; export version 0 or 1.")
            }
        }
        let fields = try reader.integers(Int32.self, count: 7, at: isVersioned ? 8 : 0).map(Int.init)
        let isShared = isVersioned ? try reader.integers(UInt8.self, count: 1, at: 36)[0] != 0 : fields[5] > 0
        let config: ModelConfig
        do {
            config = try ModelConfig(
                vocabularySize: abs(fields[5]), hiddenSize: fields[0], intermediateSize: fields[1], layers: fields[2],
                heads: fields[3], keyValueHeads: fields[4], maxPositions: fields[6], tiesEmbeddings: isShared,
                bosTokenID: 1, eosTokenIDs: [2])
        } catch {
            throw CheckpointError("\(path) is not a llama2.c checkpoint: \(error.description)")
        }
        var source = LlamaCReader(reader: reader, config: config, offset: isVersioned ? 256 : 28)
        if isVersioned { try source.readVersion1() } else { try source.readLegacy() }
        guard source.offset == reader.byteCount else {
            throw CheckpointError("\(path) has \(reader.byteCount) bytes; its header implies \(source.offset).")
        }
        return try Checkpoint(config: config, tensors: source.tensors, source: path)
    }
}

private struct LlamaCReader {
    let reader: FileReader
    let config: ModelConfig
    var offset: Int
    var tensors: [Tensor] = []

    mutating func readLegacy() throws {
        try embedding()
        try perLayer("input_layernorm")
        try attention()
        try perLayer("post_attention_layernorm")
        try feedForward()
        try single("model.norm.weight", [config.hiddenSize])
        // Tables of cosines and sines follow, which are computed anew.
        offset += config.maxPositions * config.headDimension * 4
        if !config.tiesEmbeddings { try output() }
    }

    mutating func readVersion1() throws {
        try perLayer("input_layernorm")
        try perLayer("post_attention_layernorm")
        try single("model.norm.weight", [config.hiddenSize])
        try embedding()
        try attention()
        try feedForward()
        if !config.tiesEmbeddings { try output() }
    }

    private mutating func embedding() throws {
        try single("model.embed_tokens.weight", [config.vocabularySize, config.hiddenSize])
    }

    private mutating func output() throws {
        try single("lm_head.weight", [config.vocabularySize, config.hiddenSize])
    }

    private mutating func attention() throws {
        let queries = config.heads * config.headDimension
        let keys = config.keyValueHeads * config.headDimension
        try perLayer("self_attn.q_proj", [queries, config.hiddenSize], isRotary: true)
        try perLayer("self_attn.k_proj", [keys, config.hiddenSize], isRotary: true)
        try perLayer("self_attn.v_proj", [keys, config.hiddenSize])
        try perLayer("self_attn.o_proj", [config.hiddenSize, queries])
    }

    private mutating func feedForward() throws {
        try perLayer("mlp.gate_proj", [config.intermediateSize, config.hiddenSize])
        try perLayer("mlp.down_proj", [config.hiddenSize, config.intermediateSize])
        try perLayer("mlp.up_proj", [config.intermediateSize, config.hiddenSize])
    }

    private mutating func perLayer(_ part: String, _ shape: [Int]? = nil, isRotary: Bool = false) throws {
        for layer in 0..<config.layers {
            try single("model.layers.\(layer).\(part).weight", shape ?? [config.hiddenSize], isRotary: isRotary)
        }
    }

    private mutating func single(_ name: String, _ shape: [Int], isRotary: Bool = false) throws {
        let count = shape.reduce(1, *)
        var values = try reader.floats(count: count, at: offset)
        offset += count * 4
        if isRotary { values = halfSplit(values) }
        tensors.append(try Tensor(name: name, shape: shape, floats: values))
    }

    /// Within each head rows 0, 2, 4 … come first, then rows 1, 3, 5 …
    private func halfSplit(_ rows: [Float]) -> [Float] {
        let width = config.hiddenSize
        let head = config.headDimension
        var result: [Float] = []
        result.reserveCapacity(rows.count)
        for start in stride(from: 0, to: rows.count / width, by: head) {
            for parity in 0..<2 {
                for row in stride(from: start + parity, to: start + head, by: 2) {
                    result += rows[row * width..<(row + 1) * width]
                }
            }
        }
        return result
    }
}
