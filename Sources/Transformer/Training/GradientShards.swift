import Checkpoints
import Numerics
import Synchronization

/// The gradient of one optimiser step: computed shard by shard on as many threads as there are, summed in shard order.
///
/// Each shard has its own arena of gradients and adds its micro-batches to it in order. Threads decide only when a
/// shard is computed, never what is added to what, so the sum has the same bits for any number of threads.
final class GradientShards: Sendable {
    /// What one shard needs.
    private struct Shard: Sendable {
        let gradients: LlamaParameters
        let activations: Activations
    }

    private let model: LlamaModel
    private let shards: [Shard]
    private let threads: Int
    private let losses: Mutex<[Double]>
    private let squares: Mutex<[Double]>
    private let pieces: [Range<Int>]

    private static let pieceLength = 1 << 16

    /// - Parameter rows: rows of the largest micro-batch to come.
    init(_ model: LlamaModel, count: Int, rows: Int, threads: Int) {
        self.model = model
        self.threads = threads
        let first = Activations(model.geometry, layers: model.config.layers, rows: rows)
        shards = (0..<count).map { index in
            Shard(
                gradients: LlamaParameters(model.config, layout: model.layout),
                activations: index == 0 || threads == 1
                    ? first : Activations(model.geometry, layers: model.config.layers, rows: rows))
        }
        pieces = stride(from: 0, to: model.layout.count, by: Self.pieceLength).map {
            $0..<min($0 + Self.pieceLength, model.layout.count)
        }
        losses = Mutex([Double](repeating: 0, count: count))
        squares = Mutex([Double](repeating: 0, count: pieces.count))
    }

    /// The summed gradient of the last `compute`.
    var gradient: LlamaParameters { shards[0].gradients }

    /// Computes the gradient of the examples' weighted loss, every target's weight times `scale`.
    /// - Returns: the loss and the sum of the squares of the gradient's elements.
    func compute(_ examples: [TrainingExample], plan: ShardPlan, scale: Float) -> (loss: Double, squares: Double) {
        precondition(plan.shards.count == shards.count, "a plan for another number of shards")
        parallel(slots: threads, count: shards.count) { [self] index in
            let loss = computeShard(index, examples, plan.shards[index], scale)
            losses.withLock { $0[index] = loss }
        }
        parallel(slots: threads, count: pieces.count) { [self] index in
            let piece = pieces[index]
            let total = shards[0].gradients.all[piece]
            for shard in shards.dropFirst() { total.add(shard.gradients.all[piece]) }
            let sum = total.sumOfSquares
            squares.withLock { $0[index] = sum }
        }
        return (losses.withLock { $0.reduce(0, +) }, squares.withLock { $0.reduce(0, +) })
    }

    private func computeShard(
        _ index: Int, _ examples: [TrainingExample], _ microBatches: [[Int]], _ scale: Float
    ) -> Double {
        let shard = shards[index]
        shard.gradients.all.fill(0)
        let pass = GradientPass(model)
        var batch = PackedBatch()
        var loss = 0.0
        for members in microBatches {
            batch.removeAll()
            for member in members { batch.append(examples[member], scale: scale) }
            loss += pass.run(batch, activations: shard.activations, gradients: shard.gradients)
        }
        return loss
    }
}
