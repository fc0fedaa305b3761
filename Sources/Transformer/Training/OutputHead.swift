import Numerics

/// −w · log softmax(output · norm(x))[target], on the rows that have a target.
///
/// The largest product of a small model. Rows without a target never enter it, and forward and backward run together
/// over a few hundred rows at a time, so that the logits of a batch never exist all at once.
struct OutputHead {
    let geometry: LlamaGeometry

    /// Sum of the weighted losses of the batch; `head.input` holds the residual stream of the rows that have a target.
    ///
    /// With `gradients`, adds to them and writes `head.inputGradient`.
    func loss(
        _ head: Activations.Head, batch: PackedBatch, weights: LlamaParameters, gradients: LlamaParameters?
    ) -> Double {
        let count = batch.targetRows.count
        let rows = head.prefix(count)
        RMSNorm.forward(
            rows.input, weight: weights.finalNorm, epsilon: geometry.epsilon, into: rows.normed,
            inverseRMS: rows.inputScale)
        var sum = 0.0
        var next = 0
        while next < count {
            let range = next..<min(count, next + head.logits.rows)
            sum += chunkLoss(range, rows, batch, weights, gradients)
            next = range.upperBound
        }
        if let gradients {
            RMSNorm.backward(
                rows.normedGradient, x: rows.input, weight: weights.finalNorm, inverseRMS: rows.inputScale,
                into: rows.inputGradient, weightGradient: gradients.finalNorm)
        }
        return sum
    }

    private func chunkLoss(
        _ range: Range<Int>, _ rows: Activations.Head, _ batch: PackedBatch, _ weights: LlamaParameters,
        _ gradients: LlamaParameters?
    ) -> Double {
        let logits = rows.logits.rows(0..<range.count)
        let normed = rows.normed.rows(range)
        let losses = rows.losses[0..<range.count]
        let targets = Array(batch.targets[range])
        let targetWeights = Array(batch.targetWeights[range])
        Linear.forward(normed, weights.output, into: logits)
        guard let gradients else {
            CrossEntropy.losses(logits, targets: targets, weights: targetWeights, into: losses)
            return losses.sum
        }
        CrossEntropy.lossesAndGradient(logits, targets: targets, weights: targetWeights, into: losses)
        Linear.backward(
            logits, x: normed, weights: weights.output, into: rows.normedGradient.rows(range),
            weightGradient: gradients.output)
        return losses.sum
    }
}

extension Activations.Head {
    /// The first `count` rows of everything but the logits.
    func prefix(_ count: Int) -> Self {
        Self(
            input: input.rows(0..<count), inputScale: inputScale[0..<count], normed: normed.rows(0..<count),
            normedGradient: normedGradient.rows(0..<count), inputGradient: inputGradient.rows(0..<count),
            logits: logits, losses: losses)
    }
}
