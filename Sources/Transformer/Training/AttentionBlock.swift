import Numerics

/// x + Wo · attention(rope(Wq n), rope(Wk n), Wv n) with n = norm(x): the first half of a decoder layer.
struct AttentionBlock {
    let geometry: LlamaGeometry

    /// Reads `saved.input`, writes `saved.middle` and all between.
    func forward(_ saved: Activations.Layer, weights: LlamaParameters.Layer, batch: PackedBatch) {
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
        saved.middle.copy(from: saved.input)
        Linear.forward(saved.attended, weights.attentionOutput, into: saved.middle, accumulate: true)
    }

    /// `work.residual` holds the gradient of `saved.middle` and becomes that of `saved.input`; adds to `gradients`.
    func backward(
        _ saved: Activations.Layer, weights: LlamaParameters.Layer, gradients: LlamaParameters.Layer,
        work: Activations.Backward, batch: PackedBatch
    ) {
        Linear.backward(
            work.residual, x: saved.attended, weights: weights.attentionOutput, into: work.attended,
            weightGradient: gradients.attentionOutput)
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
}
