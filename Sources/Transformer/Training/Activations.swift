import Numerics

/// What a forward pass leaves for its backward pass, and the backward pass's own working memory.
///
/// Allocated once for the largest micro-batch and reused: a training step allocates no tensors. The softmax of
/// attention is not kept (it is recomputed from the row's log-sum-exp, as in FlashAttention-2, arXiv 2307.08691), and
/// logits exist for a few rows at a time only.
struct Activations: Sendable {
    /// Saved by one decoder layer's forward pass; one row a token.
    struct Layer: Sendable {
        /// Residual stream entering the layer: [rows, hidden].
        var input: Matrix
        /// 1 / rms of `input`.
        var inputScale: Vector
        /// Normalised `input`.
        var inputNormed: Matrix
        /// Rotated queries, rotated keys, values.
        var queryKeyValue: Matrix
        /// Attention's output, heads side by side: [rows, heads · d].
        var attended: Matrix
        /// log Σ exp of each query's scores: [rows, heads].
        var logSumExp: Matrix
        /// Residual stream between attention and feed-forward network.
        var middle: Matrix
        /// 1 / rms of `middle`.
        var middleScale: Vector
        /// Normalised `middle`.
        var middleNormed: Matrix
        /// Gate and up projections side by side: [rows, 2 · intermediate].
        var gateUp: Matrix
        /// silu(gate) ∘ up.
        var activated: Matrix
    }

    /// Gradients on their way back; one row a token.
    struct Backward: Sendable {
        /// Gradient of the residual stream: [rows, hidden].
        var residual: Matrix
        /// Gradient of a norm's output.
        var normed: Matrix
        var queryKeyValue: Matrix
        var attended: Matrix
        var gateUp: Matrix
        var activated: Matrix
    }

    /// The output head works on the rows that have a target.
    struct Head: Sendable {
        /// Residual stream after the last layer, target rows only.
        var input: Matrix
        var inputScale: Vector
        var normed: Matrix
        /// Gradient of `normed`.
        var normedGradient: Matrix
        /// Gradient of `input`.
        var inputGradient: Matrix
        /// Logits, then their gradients, of `Head.chunk(vocabulary)` rows.
        var logits: Matrix
        var losses: Vector

        /// Rows of logits in flight: about 16 MB of them.
        static func chunk(_ vocabulary: Int) -> Int { min(512, max(32, 4_194_304 / vocabulary / 32 * 32)) }
    }

    /// The rows of the last layer that have a target, after its attention.
    struct Selected: Sendable {
        /// Rows of the layer's `input`.
        var input: Matrix
        /// Rows of the layer's `attended`.
        var attended: Matrix
        /// Gradient of `attended`.
        var attendedGradient: Matrix
    }

    let layers: [Layer]
    private let selected: Selected
    let backward: Backward
    let head: Head
    /// Rows there is room for.
    let capacity: Int

    init(_ geometry: LlamaGeometry, layers layerCount: Int, rows: Int) {
        func matrix(_ columns: Int) -> Matrix { Matrix(rows: rows, columns: columns) }
        let hidden = geometry.hidden
        let fused = geometry.queries + 2 * geometry.keys
        capacity = rows
        layers = (0..<layerCount).map { _ in
            Layer(
                input: matrix(hidden), inputScale: Vector(count: rows), inputNormed: matrix(hidden),
                queryKeyValue: matrix(fused), attended: matrix(geometry.queries),
                logSumExp: matrix(geometry.attention.heads), middle: matrix(hidden), middleScale: Vector(count: rows),
                middleNormed: matrix(hidden), gateUp: matrix(2 * geometry.intermediate),
                activated: matrix(geometry.intermediate))
        }
        selected = Selected(
            input: matrix(hidden), attended: matrix(geometry.queries), attendedGradient: matrix(geometry.queries))
        backward = Backward(
            residual: matrix(hidden), normed: matrix(hidden), queryKeyValue: matrix(fused),
            attended: matrix(geometry.queries), gateUp: matrix(2 * geometry.intermediate),
            activated: matrix(geometry.intermediate))
        let chunk = min(rows, Head.chunk(geometry.vocabulary))
        head = Head(
            input: matrix(hidden), inputScale: Vector(count: rows), normed: matrix(hidden),
            normedGradient: matrix(hidden), inputGradient: matrix(hidden),
            logits: Matrix(rows: chunk, columns: geometry.vocabulary), losses: Vector(count: chunk))
    }

    /// The last layer as its second half sees it: `count` target rows of its input and attention.
    func selectedLayer(_ count: Int) -> Layer {
        var layer = layers[layers.count - 1].prefix(count)
        layer.input = selected.input.rows(0..<count)
        layer.attended = selected.attended.rows(0..<count)
        return layer
    }

    /// Working memory for that half's backward pass; its residual is the gradient the head left.
    func selectedBackward(_ count: Int) -> Backward {
        var work = backward.prefix(count)
        work.residual = head.inputGradient.rows(0..<count)
        work.attended = selected.attendedGradient.rows(0..<count)
        return work
    }
}

extension Activations.Layer {
    /// The first `count` rows of everything.
    func prefix(_ count: Int) -> Self {
        Self(
            input: input.rows(0..<count), inputScale: inputScale[0..<count], inputNormed: inputNormed.rows(0..<count),
            queryKeyValue: queryKeyValue.rows(0..<count), attended: attended.rows(0..<count),
            logSumExp: logSumExp.rows(0..<count), middle: middle.rows(0..<count), middleScale: middleScale[0..<count],
            middleNormed: middleNormed.rows(0..<count), gateUp: gateUp.rows(0..<count),
            activated: activated.rows(0..<count))
    }
}

extension Activations.Backward {
    /// The first `count` rows of everything.
    func prefix(_ count: Int) -> Self {
        Self(
            residual: residual.rows(0..<count), normed: normed.rows(0..<count),
            queryKeyValue: queryKeyValue.rows(0..<count), attended: attended.rows(0..<count),
            gateUp: gateUp.rows(0..<count), activated: activated.rows(0..<count))
    }
}
