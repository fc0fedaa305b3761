import Checkpoints
import Numerics
import Testing

@testable import Transformer

struct GradientPassTests {
    private static func batch() -> PackedBatch {
        var batch = PackedBatch()
        batch.append(TrainingExample(prompt: [1, 2, 3], completion: [4, 5, 6, 7], weight: 1), scale: 0.2)
        batch.append(TrainingExample(prompt: [], completion: [9, 4, 1, 60, 2], weight: 0.5), scale: 0.2)
        batch.append(TrainingExample(prompt: [30], completion: [31], weight: 2), scale: 0.2)
        return batch
    }

    private static func loss(_ model: LlamaModel, _ batch: PackedBatch, _ gradients: LlamaParameters?) -> Double {
        let activations = Activations(model.geometry, layers: model.config.layers, rows: batch.rowCount)
        return GradientPass(model).run(batch, activations: activations, gradients: gradients)
    }

    /// Central differences along random directions, one tensor at a time: d/dh L(W + h·u) = ⟨gradient, u⟩.
    @Test(arguments: [true, false]) func everyTensorsGradientIsTheSlopeOfTheLoss(tied: Bool) throws {
        let model = Tiny.model(try Tiny.config(tied: tied), seed: 4)
        let batch = Self.batch()
        let gradients = LlamaParameters(model.config, layout: model.layout)
        _ = Self.loss(model, batch, gradients)
        for (index, entry) in model.layout.entries.enumerated() {
            let weights = model.parameters[entry]
            let original = Vector(weights.array)
            // Half a random direction, half the gradient's own, so that the slope is far from zero.
            let direction = Vector(count: entry.count)
            CounterRandom(key: 11, stream: UInt64(index)).fillNormal(direction, deviation: 1)
            let norm = gradients[entry].sumOfSquares.squareRoot()
            #expect(norm > 0, "\(entry.name)")
            direction.scale(by: Float(1 / direction.sumOfSquares.squareRoot()))
            direction.add(gradients[entry], scaledBy: Float(1 / norm))
            let slope = gradients[entry].dot(direction)
            let step: Float = 2e-3
            func shifted(_ by: Float) -> Double {
                weights.copy(from: original)
                weights.add(direction, scaledBy: by)
                defer { weights.copy(from: original) }
                return Self.loss(model, batch, nil)
            }
            // Fourth-order difference: the remaining error is float32 noise of the loss.
            let near = shifted(step) - shifted(-step)
            let far = shifted(2 * step) - shifted(-2 * step)
            let measured = (8 * near - far) / (12 * Double(step))
            #expect(abs(measured - slope) < 2e-3 * abs(slope) + 1e-4, "\(entry.name): \(measured) against \(slope)")
        }
    }

    @Test func packingSequencesTogetherOnlyAddsTheirGradients() throws {
        let model = Tiny.model(try Tiny.config())
        let examples = [
            TrainingExample(prompt: [1, 2, 3], completion: [4, 5, 6]),
            TrainingExample(prompt: [7], completion: [8, 9]),
        ]
        var packed = PackedBatch()
        let together = LlamaParameters(model.config, layout: model.layout)
        for example in examples { packed.append(example, scale: 1) }
        let loss = Self.loss(model, packed, together)
        let separate = LlamaParameters(model.config, layout: model.layout)
        var sum = 0.0
        for example in examples {
            var batch = PackedBatch()
            batch.append(example, scale: 1)
            sum += Self.loss(model, batch, separate)
        }
        #expect(abs(loss - sum) < 1e-5)
        let scale = separate.all.array.reduce(0) { max($0, abs($1)) }
        #expect(largestDifference(together.all.array, separate.all.array) < 1e-5 * scale)
    }

    @Test func lossWithoutGradientIsTheSame() throws {
        let model = Tiny.model(try Tiny.config())
        let gradients = LlamaParameters(model.config, layout: model.layout)
        #expect(Self.loss(model, Self.batch(), nil) == Self.loss(model, Self.batch(), gradients))
    }

    @Test func activationsCanBeReused() throws {
        let model = Tiny.model(try Tiny.config())
        let activations = Activations(model.geometry, layers: model.config.layers, rows: 64)
        let fresh = LlamaParameters(model.config, layout: model.layout)
        let reused = LlamaParameters(model.config, layout: model.layout)
        let loss = Self.loss(model, Self.batch(), fresh)
        var longer = PackedBatch()
        longer.append(TrainingExample(prompt: [], completion: (0..<40).map { Int32($0) }), scale: 1)
        _ = GradientPass(model).run(longer, activations: activations, gradients: reused)
        reused.all.fill(0)
        #expect(GradientPass(model).run(Self.batch(), activations: activations, gradients: reused) == loss)
        #expect(reused.all.array == fresh.all.array)
    }
}
