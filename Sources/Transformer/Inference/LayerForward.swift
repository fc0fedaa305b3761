import Numerics

/// The parts of a decoder layer that treat every row alone, for `count` rows of the workspace; attention stands
/// between.
struct LayerForward {
    let weights: PolicyWeights

    /// Queries, keys and values of the workspace's stream, rotated.
    func beforeAttention(_ layer: Int, _ count: Int, _ work: InferenceWorkspace, positions: [Int32]) {
        let geometry = weights.geometry
        let layer = weights.layers[layer]
        let normed = work.normed.rows(0..<count)
        let fused = work.queryKeyValue.rows(0..<count)
        RMSNorm.forward(
            work.stream.rows(0..<count), weight: layer.inputNorm, epsilon: geometry.epsilon, into: normed)
        layer.queryKeyValue.multiply(normed, into: fused)
        // Queries and keys lie side by side and rotate alike.
        geometry.rotary.apply(fused.columns(0..<geometry.queries + geometry.keys), positions: positions)
    }

    /// Adds attention's output and the feed-forward network to the stream, for the rows of `range`.
    func afterAttention(_ layer: Int, _ range: Range<Int>, _ work: InferenceWorkspace) {
        let layer = weights.layers[layer]
        layer.attentionOutput.multiply(work.attended.rows(range), into: work.stream.rows(range), accumulate: true)
        var next = range.lowerBound
        while next < range.upperBound {
            let block = next..<min(range.upperBound, next + work.gateUp.rows)
            feedForward(layer, block, work)
            next = block.upperBound
        }
    }

    private func feedForward(_ layer: PolicyWeights.Layer, _ block: Range<Int>, _ work: InferenceWorkspace) {
        let geometry = weights.geometry
        let stream = work.stream.rows(block)
        let normed = work.normed.rows(block)
        let gateUp = work.gateUp.rows(0..<block.count)
        let activated = work.activated.rows(0..<block.count)
        RMSNorm.forward(stream, weight: layer.postNorm, epsilon: geometry.epsilon, into: normed)
        layer.gateUp.multiply(normed, into: gateUp)
        let (gate, up) = geometry.split(gateUp: gateUp)
        SwiGLU.forward(gate: gate, up: up, into: activated)
        layer.down.multiply(activated, into: stream, accumulate: true)
    }

    /// Logits of the rows of `range`, in the first rows of `work.logits`.
    func logits(_ range: Range<Int>, _ work: InferenceWorkspace) -> Matrix {
        let normed = work.normed.rows(range)
        let logits = work.logits.rows(0..<range.count)
        RMSNorm.forward(
            work.stream.rows(range), weight: weights.finalNorm, epsilon: weights.geometry.epsilon, into: normed)
        weights.output.multiply(normed, into: logits)
        return logits
    }
}
