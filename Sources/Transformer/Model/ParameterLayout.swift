public import Checkpoints

/// Where every weight lies in one arena, in the order the forward pass uses them.
///
/// The names are those of Hugging Face's `LlamaForCausalLM`. Query, key and value matrices lie end to end, gate and
/// up too, so that each group is one matrix and one product: [heads · d + 2 · kvHeads · d, hidden] and [2 ·
/// intermediate, hidden]. A tied output matrix is the embedding itself and appears once.
public struct ParameterLayout: Sendable, Equatable {
    /// One tensor of the checkpoint.
    public struct Entry: Sendable, Equatable {
        /// Hugging Face name.
        public var name: String
        /// Output features; 1 for a norm's weight vector.
        public var rows: Int
        /// Input features.
        public var columns: Int
        /// First element, counted in the arena's floats.
        public var offset: Int
        /// Whether the checkpoint stores it with one dimension.
        public var isVector: Bool

        /// Number of elements.
        public var count: Int { rows * columns }
        /// Shape as the checkpoint has it.
        public var shape: [Int] { isVector ? [columns] : [rows, columns] }
        /// Place in the arena.
        public var range: Range<Int> { offset..<offset + count }
    }

    /// Offsets of one decoder layer's groups.
    struct LayerOffsets: Sendable, Equatable {
        var inputNorm = 0
        var queryKeyValue = 0
        var attentionOutput = 0
        var postNorm = 0
        var gateUp = 0
        var down = 0
    }

    /// All tensors, in arena order.
    public private(set) var entries: [Entry] = []
    /// Floats in the arena, padding between groups included.
    public private(set) var count = 0
    private(set) var embedding = 0
    private(set) var layers: [LayerOffsets] = []
    private(set) var finalNorm = 0
    /// Offset of the output matrix; the embedding's when tied.
    private(set) var output = 0

    /// Lays out a model of this shape.
    public init(_ config: ModelConfig) {
        let hidden = config.hiddenSize
        let queries = config.heads * config.headDimension
        let keys = config.keyValueHeads * config.headDimension
        embedding = group([("model.embed_tokens.weight", config.vocabularySize)], columns: hidden)
        for index in 0..<config.layers {
            let layer = "model.layers.\(index)."
            let attention = layer + "self_attn."
            let feedForward = layer + "mlp."
            var offsets = LayerOffsets()
            offsets.inputNorm = vector(layer + "input_layernorm.weight", hidden)
            offsets.queryKeyValue = group(
                [
                    (attention + "q_proj.weight", queries), (attention + "k_proj.weight", keys),
                    (attention + "v_proj.weight", keys),
                ], columns: hidden)
            offsets.attentionOutput = group([(attention + "o_proj.weight", hidden)], columns: queries)
            offsets.postNorm = vector(layer + "post_attention_layernorm.weight", hidden)
            offsets.gateUp = group(
                [
                    (feedForward + "gate_proj.weight", config.intermediateSize),
                    (feedForward + "up_proj.weight", config.intermediateSize),
                ], columns: hidden)
            offsets.down = group([(feedForward + "down_proj.weight", hidden)], columns: config.intermediateSize)
            layers.append(offsets)
        }
        finalNorm = vector("model.norm.weight", hidden)
        output =
            config.tiesEmbeddings
            ? embedding : group([("lm_head.weight", config.vocabularySize)], columns: hidden)
    }

    /// Matrices end to end; the group starts on a cache line.
    private mutating func group(_ members: [(name: String, rows: Int)], columns: Int) -> Int {
        count = (count + 15) / 16 * 16
        let start = count
        for member in members {
            entries.append(
                Entry(name: member.name, rows: member.rows, columns: columns, offset: count, isVector: false))
            count += member.rows * columns
        }
        return start
    }

    private mutating func vector(_ name: String, _ columns: Int) -> Int {
        count = (count + 15) / 16 * 16
        let start = count
        entries.append(Entry(name: name, rows: 1, columns: columns, offset: start, isVector: true))
        count += columns
        return start
    }
}
