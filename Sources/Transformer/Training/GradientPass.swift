import Numerics

/// Loss and gradient of one packed micro-batch: embedding, layers, head, and all the way back.
struct GradientPass {
    private let model: LlamaModel
    private let attention: AttentionBlock
    private let feedForward: FeedForwardBlock
    private let head: OutputHead

    init(_ model: LlamaModel) {
        self.model = model
        attention = AttentionBlock(geometry: model.geometry)
        feedForward = FeedForwardBlock(geometry: model.geometry)
        head = OutputHead(geometry: model.geometry)
    }

    /// Sum of the batch's weighted losses; adds its gradient to `gradients` when given.
    func run(_ batch: PackedBatch, activations: Activations, gradients: LlamaParameters?) -> Double {
        precondition(batch.rowCount <= activations.capacity, "the batch exceeds the activations' capacity")
        guard !batch.targets.isEmpty else { return 0 }
        let count = batch.rowCount
        let stream = forward(batch, activations)
        let work = activations.backward.prefix(count)
        let loss = head.loss(
            stream, batch: batch, weights: model.parameters, head: activations.head, gradients: gradients,
            streamGradient: work.residual)
        if let gradients { backward(batch, activations, work, gradients) }
        return loss
    }

    /// The residual stream after the last layer.
    private func forward(_ batch: PackedBatch, _ activations: Activations) -> Matrix {
        let count = batch.rowCount
        let weights = model.parameters
        let output = activations.output.rows(0..<count)
        Rows.gather(
            weights.embedding, batch.tokens, into: activations.layers.first?.input.rows(0..<count) ?? output)
        for (index, layer) in weights.layers.enumerated() {
            let saved = activations.layers[index].prefix(count)
            let next =
                index + 1 < weights.layers.count ? activations.layers[index + 1].input.rows(0..<count) : output
            attention.forward(saved, weights: layer, batch: batch)
            feedForward.forward(saved, weights: layer, into: next)
        }
        return output
    }

    private func backward(
        _ batch: PackedBatch, _ activations: Activations, _ work: Activations.Backward, _ gradients: LlamaParameters
    ) {
        let weights = model.parameters
        for index in weights.layers.indices.reversed() {
            let saved = activations.layers[index].prefix(batch.rowCount)
            let layer = weights.layers[index]
            let gradient = gradients.layers[index]
            feedForward.backward(saved, weights: layer, gradients: gradient, work: work)
            attention.backward(saved, weights: layer, gradients: gradient, work: work, batch: batch)
        }
        Rows.scatterAdd(work.residual, batch.tokens, into: gradients.embedding)
    }
}
