import Numerics

/// x + W2 · (silu(W1 n) ∘ W3 n) with n = norm(x): the second half of a decoder layer (SwiGLU, arXiv 2002.05202).
struct FeedForwardBlock {
    let geometry: LlamaGeometry

    /// Reads `saved.middle`, writes `output` and all between.
    func forward(_ saved: Activations.Layer, weights: LlamaParameters.Layer, into output: Matrix) {
        RMSNorm.forward(
            saved.middle, weight: weights.postNorm, epsilon: geometry.epsilon, into: saved.middleNormed,
            inverseRMS: saved.middleScale)
        Linear.forward(saved.middleNormed, weights.gateUp, into: saved.gateUp)
        let (gate, up) = geometry.split(gateUp: saved.gateUp)
        SwiGLU.forward(gate: gate, up: up, into: saved.activated)
        output.copy(from: saved.middle)
        Linear.forward(saved.activated, weights.down, into: output, accumulate: true)
    }

    /// `work.residual` holds the gradient of the output and becomes that of `saved.middle`; adds to `gradients`.
    func backward(
        _ saved: Activations.Layer, weights: LlamaParameters.Layer, gradients: LlamaParameters.Layer,
        work: Activations.Backward
    ) {
        Linear.backward(
            work.residual, x: saved.activated, weights: weights.down, into: work.activated,
            weightGradient: gradients.down)
        let (gate, up) = geometry.split(gateUp: saved.gateUp)
        let (gateGradient, upGradient) = geometry.split(gateUp: work.gateUp)
        SwiGLU.backward(work.activated, gate: gate, up: up, gateGradient: gateGradient, upGradient: upGradient)
        Linear.backward(
            work.gateUp, x: saved.middleNormed, weights: weights.gateUp, into: work.normed,
            weightGradient: gradients.gateUp)
        RMSNorm.backward(
            work.normed, x: saved.middle, weight: weights.postNorm, inverseRMS: saved.middleScale, into: work.residual,
            accumulate: true, weightGradient: gradients.postNorm)
    }
}
