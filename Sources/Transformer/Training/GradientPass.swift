import Numerics

/// Loss and gradient of one packed micro-batch: embedding, layers, head, and all the way back.
///
/// From the last layer's attention on, only the rows that have a target go on (`Activations.Selected`): with long
/// prompts and short completions this saves most of the last layer.
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
        forward(batch, activations)
        let loss = head.loss(activations.head, batch: batch, weights: model.parameters, gradients: gradients)
        if let gradients { backward(batch, activations, gradients) }
        return loss
    }

    /// Leaves the residual stream of the target rows in `activations.head.input`.
    private func forward(_ batch: PackedBatch, _ activations: Activations) {
        let count = batch.rowCount
        let last = activations.layers.count - 1
        Rows.gather(model.parameters.embedding, batch.tokens, into: activations.layers[0].input.rows(0..<count))
        for (index, weights) in model.parameters.layers.enumerated() {
            let saved = activations.layers[index].prefix(count)
            attention.mix(saved, weights: weights, batch: batch)
            if index < last {
                attention.project(saved, weights: weights)
                feedForward.forward(saved, weights: weights, into: activations.layers[index + 1].input.rows(0..<count))
            } else {
                let selected = activations.selectedLayer(batch.targets.count)
                Rows.gather(saved.input, batch.targetRows, into: selected.input)
                Rows.gather(saved.attended, batch.targetRows, into: selected.attended)
                attention.project(selected, weights: weights)
                feedForward.forward(
                    selected, weights: weights, into: activations.head.input.rows(0..<batch.targets.count))
            }
        }
    }

    /// Starts from `activations.head.inputGradient`.
    private func backward(_ batch: PackedBatch, _ activations: Activations, _ gradients: LlamaParameters) {
        let last = activations.layers.count - 1
        let work = activations.backward.prefix(batch.rowCount)
        for index in model.parameters.layers.indices.reversed() {
            let saved = activations.layers[index].prefix(batch.rowCount)
            let weights = model.parameters.layers[index]
            let gradient = gradients.layers[index]
            if index < last {
                feedForward.backward(saved, weights: weights, gradients: gradient, work: work)
                attention.projectBackward(saved, weights: weights, gradients: gradient, work: work)
            } else {
                let selected = activations.selectedLayer(batch.targets.count)
                let selectedWork = activations.selectedBackward(batch.targets.count)
                feedForward.backward(selected, weights: weights, gradients: gradient, work: selectedWork)
                attention.projectBackward(selected, weights: weights, gradients: gradient, work: selectedWork)
                work.residual.fill(0)
                work.attended.fill(0)
                Rows.scatterAdd(selectedWork.residual, batch.targetRows, into: work.residual)
                Rows.scatterAdd(selectedWork.attended, batch.targetRows, into: work.attended)
            }
            attention.mixBackward(saved, weights: weights, gradients: gradient, work: work, batch: batch)
        }
        Rows.scatterAdd(work.residual, batch.tokens, into: gradients.embedding)
    }
}
