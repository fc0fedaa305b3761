import Numerics

/// A forward pass over one whole sequence.
///
/// Keys and values go to a slot of a cache when one is given. The last layer's feed-forward network runs only for the
/// rows from `firstRow` on: sampling needs the last row alone.
struct Prefill {
    let weights: PolicyWeights

    /// Leaves the residual stream of the rows `firstRow...` in the workspace.
    func run(
        _ tokens: [Int32], positions: [Int32], work: InferenceWorkspace, firstRow: Int, cache: KeyValueCache? = nil,
        slot: Int = 0
    ) {
        let geometry = weights.geometry
        let forward = LayerForward(weights: weights)
        let count = tokens.count
        let starts = [0, Int32(count)]
        Rows.gather(weights.embedding, tokens, into: work.stream.rows(0..<count))
        for layer in weights.layers.indices {
            forward.beforeAttention(layer, count, work, positions: positions)
            let (queries, keys, values) = geometry.split(work.queryKeyValue.rows(0..<count))
            cache?.store(layer: layer, slot: slot, position: 0, keys: keys, values: values)
            geometry.attention.forward(
                queries: queries, keys: keys, values: values, starts: starts, into: work.attended.rows(0..<count))
            let isLast = layer == weights.layers.count - 1
            forward.afterAttention(layer, (isLast ? firstRow : 0)..<count, work)
        }
    }
}
