import Numerics

/// x + Wo · attention(rope(Wq n), rope(Wk n), Wv n) with n = norm(x): the first half of a decoder layer.
///
/// In two steps, because they need different rows: `mix` moves information between positions and needs them all;
/// `project` treats each position alone, and in the last layer only those with a target.
struct AttentionBlock {
    let geometry: LlamaGeometry

    /// attended = attention(norm(input)).
    func mix(_ saved: Activations.Layer, weights: LlamaParameters.Layer, batch: PackedBatch) {
        RMSNorm.forward(
            saved.input, weight: weights.inputNorm, epsilon: geometry.epsilon, into: saved.inputNormed,
            inverseRMS: saved.inputScale)
        Linear.forward(saved.inputNormed, weights.queryKeyValue, into: saved.queryKeyValue)
        let (queries, keys, values) = geometry.split(saved.queryKeyValue)
        geometry.rotary.apply(queries, positions: batch.positions)
        geometry.rotary.apply(keys, positions: batch.positions)
        geometry.attention.forward(
            queries: queries, keys: keys, values: values, starts: batch.starts, into: saved.attended,
            logSumExp: saved.logSumExp)
    }

    /// `work.attended` holds the gradient of `saved.attended`, `work.residual` what reaches `saved.input` past the
    /// block; the latter becomes the whole gradient of `saved.input`. Adds to `gradients`.
    func mixBackward(
        _ saved: Activations.Layer, weights: LlamaParameters.Layer, gradients: LlamaParameters.Layer,
        work: Activations.Backward, batch: PackedBatch
    ) {
        let (queries, keys, values) = geometry.split(saved.queryKeyValue)
        let (queryGradient, keyGradient, valueGradient) = geometry.split(work.queryKeyValue)
        geometry.attention.backward(
            work.attended, out: saved.attended, queries: queries, keys: keys, values: values, starts: batch.starts,
            logSumExp: saved.logSumExp, queryGradient: queryGradient, keyGradient: keyGradient,
            valueGradient: valueGradient)
        geometry.rotary.applyBackward(queryGradient, positions: batch.positions)
        geometry.rotary.applyBackward(keyGradient, positions: batch.positions)
        Linear.backward(
            work.queryKeyValue, x: saved.inputNormed, weights: weights.queryKeyValue, into: work.normed,
            weightGradient: gradients.queryKeyValue)
        RMSNorm.backward(
            work.normed, x: saved.input, weight: weights.inputNorm, inverseRMS: saved.inputScale, into: work.residual,
            accumulate: true, weightGradient: gradients.inputNorm)
    }

    /// middle = input + Wo · attended.
    func project(_ saved: Activations.Layer, weights: LlamaParameters.Layer) {
        saved.middle.copy(from: saved.input)
        Linear.forward(saved.attended, weights.attentionOutput, into: saved.middle, accumulate: true)
    }

    /// `work.residual` holds the gradient of `saved.middle`, which passes on to `saved.input`; writes `work.attended`.
    func projectBackward(
        _ saved: Activations.Layer, weights: LlamaParameters.Layer, gradients: LlamaParameters.Layer,
        work: Activations.Backward
    ) {
        Linear.backward(
            work.residual, x: saved.attended, weights: weights.attentionOutput, into: work.attended,
            weightGradient: gradients.attentionOutput)
    }
}
