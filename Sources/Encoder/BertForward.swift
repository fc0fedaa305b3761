import Checkpoints
import Numerics

/// The forward pass of BERT (Devlin et al., arXiv 1810.04805) over texts packed one after the other, without padding:
///
///     x = norm(words[tokens] + positions + segment)
///     for each layer:
///         x = norm(x + Wo · attention(Wq x, Wk x, Wv x))
///         x = norm(x + W2 · gelu(W1 x))
///
/// Every product has one accumulator per output, and attention sees the keys of its own text alone: a text's hidden states
/// have the same bits whatever texts are beside it.
struct BertForward {
    let weights: BertWeights

    /// Texts end to end: rows starts[i]..<starts[i + 1] are text i.
    struct Batch {
        var tokens: [Int32] = []
        var positions: [Int32] = []
        var starts: [Int32] = [0]

        mutating func append(_ text: [Int32]) {
            tokens += text
            positions += (0..<Int32(text.count))
            starts.append(Int32(tokens.count))
        }
    }

    /// The last hidden states: [tokens, hidden], in the workspace.
    func hiddenStates(_ batch: Batch, _ work: inout EncoderWorkspace) -> Matrix {
        let count = batch.tokens.count
        work.reserve(rows: count)
        let epsilon = Float(weights.config.layerNormEpsilon)
        let stream = work.stream.rows(0..<count)
        let attended = work.attended.rows(0..<count)
        let fused = work.queryKeyValue.rows(0..<count)
        func normalise(_ rows: Matrix, _ norm: BertWeights.Norm) {
            LayerNorm.forward(rows, weight: norm.weight, bias: norm.bias, epsilon: epsilon, into: rows)
        }
        Rows.gather(weights.words, batch.tokens, into: stream)
        Rows.gather(weights.positions, batch.positions, into: attended)
        stream.add(attended)
        normalise(stream, weights.embeddingNorm)
        let width = weights.config.hiddenSize
        for layer in weights.layers {
            fused.fill(rowsWith: layer.queryKeyValue.bias)
            layer.queryKeyValue.weights.multiply(stream, into: fused, accumulate: true)
            weights.attention.forward(
                queries: fused.columns(0..<width), keys: fused.columns(width..<2 * width),
                values: fused.columns(2 * width..<3 * width), starts: batch.starts, into: attended)
            stream.add(toRows: layer.attentionOutput.bias)
            layer.attentionOutput.weights.multiply(attended, into: stream, accumulate: true)
            normalise(stream, layer.attentionNorm)
            for first in stride(from: 0, to: count, by: EncoderWorkspace.block) {
                let rows = stream.rows(first..<min(count, first + EncoderWorkspace.block))
                feedForward(layer, rows, work.intermediate.rows(0..<rows.rows))
                normalise(rows, layer.outputNorm)
            }
        }
        return stream
    }

    private func feedForward(_ layer: BertWeights.Layer, _ rows: Matrix, _ intermediate: Matrix) {
        intermediate.fill(rowsWith: layer.intermediate.bias)
        layer.intermediate.weights.multiply(rows, into: intermediate, accumulate: true)
        intermediate.elements.gelu(of: intermediate.elements)
        rows.add(toRows: layer.output.bias)
        layer.output.weights.multiply(intermediate, into: rows, accumulate: true)
    }
}

/// Working memory of a forward pass; grows, never shrinks.
struct EncoderWorkspace {
    /// Rows that go through the feed-forward part together: enough for full speed, few enough to stay in the cache.
    static let block = 128

    private let config: (hidden: Int, intermediate: Int)
    private var capacity = 0
    private(set) var stream: Matrix
    private(set) var attended: Matrix
    private(set) var queryKeyValue: Matrix
    private(set) var intermediate: Matrix

    init(_ weights: BertWeights) {
        config = (weights.config.hiddenSize, weights.config.intermediateSize)
        let none = Matrix(rows: 0, columns: 0)
        (stream, attended, queryKeyValue) = (none, none, none)
        intermediate = Matrix(rows: Self.block, columns: config.intermediate)
    }

    mutating func reserve(rows: Int) {
        guard rows > capacity else { return }
        capacity = (rows + 63) / 64 * 64
        stream = Matrix(rows: capacity, columns: config.hidden)
        attended = Matrix(rows: capacity, columns: config.hidden)
        queryKeyValue = Matrix(rows: capacity, columns: 3 * config.hidden)
    }
}
