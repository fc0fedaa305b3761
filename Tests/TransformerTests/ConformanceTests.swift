import Checkpoints
import JSONLines
import Numerics
import Testing

@testable import Transformer

/// Agreement with transformers on tiny random-weight checkpoints (float32, eager attention).
@Suite(.enabled(if: Shared.exists, "needs ../shared"))
struct ConformanceTests {
    @Test(arguments: Fixture.names) func logitsAgree(name: String) throws {
        let fixture = try Fixture(name)
        let scorer = SequenceScorer(weights: try PolicyWeights(checkpoint: fixture.checkpoint))
        var worst: Float = 0
        for (index, sequence) in fixture.sequences.enumerated() {
            worst = max(worst, largestDifference(try scorer.logits(sequence), try fixture.floats("logits.\(index)")))
        }
        let noise = Float(fixture.number("float32_noise_of_logits"))
        print("\(name): logits differ by at most \(worst) (noise of the reference \(noise))")
        #expect(worst < 4 * noise)
    }

    @Test(arguments: Fixture.names) func greedyContinuationsAgree(name: String) throws {
        let fixture = try Fixture(name)
        let generator = Generator(weights: try PolicyWeights(checkpoint: fixture.checkpoint))
        let prompts = fixture.sequences.enumerated().map { GenerationPrompt(index: UInt32($0), tokens: $1) }
        let results = try generator.generate(
            prompts, samplesPerPrompt: 1, decoding: DecodingParameters(temperature: 0, maxNewTokens: 16), seed: 0)
        #expect(results.map(\.tokens) == (fixture.expected["greedy_16"]?.array ?? []).map(Fixture.ids))
    }

    @Test(arguments: Fixture.names) func lossAndGradientNormsAgree(name: String) throws {
        let fixture = try Fixture(name)
        let model = try LlamaModel(checkpoint: fixture.checkpoint)
        let gradients = LlamaParameters(model.config, layout: model.layout)
        let batch = fixture.maskedBatch
        let activations = Activations(model.geometry, layers: model.config.layers, rows: batch.rowCount)
        let loss = GradientPass(model).run(batch, activations: activations, gradients: gradients)
        #expect(abs(loss - fixture.number("loss")) < 2e-6 * loss)
        var worst = 0.0
        for entry in model.layout.entries {
            let norm = gradients[entry].sumOfSquares.squareRoot()
            let reference = fixture.number("grad_norms", entry.name)
            worst = max(worst, abs(norm - reference) / reference)
        }
        print("\(name): loss differs by \(abs(loss - fixture.number("loss"))), gradient norms by \(worst) of theirs")
        #expect(worst < 5e-6)
        for tensor in fixture.expected["adamw_tensors"]?.array?.compactMap(\.string) ?? [] {
            let entry = try #require(model.layout.entries.first { $0.name == tensor })
            let reference = try fixture.floats("grad." + tensor)
            let scale = reference.reduce(0) { max($0, abs($1)) }
            #expect(largestDifference(gradients[entry].array, reference) < 5e-6 * scale, "\(tensor)")
        }
    }

    @Test(arguments: Fixture.names) func adamWStepsAgree(name: String) throws {
        let fixture = try Fixture(name)
        let model = try LlamaModel(checkpoint: fixture.checkpoint)
        let gradients = LlamaParameters(model.config, layout: model.layout)
        let batch = fixture.maskedBatch
        let activations = Activations(model.geometry, layers: model.config.layers, rows: batch.rowCount)
        let recipe = TrainingRecipe(learningRate: 1e-3, weightDecay: 0.1, decaysNorms: true, clip: 0)
        var optimizer = Optimizer(recipe, layout: model.layout)
        let losses = ["loss", "loss_after_1_step", "loss_after_2_steps"]
        for step in 1...3 {
            gradients.all.fill(0)
            let loss = GradientPass(model).run(batch, activations: activations, gradients: gradients)
            #expect(abs(loss - fixture.number(losses[step - 1])) < 1e-4)
            optimizer.update(
                model.parameters.all, gradient: gradients.all, gradientScale: 1, learningRate: 1e-3, threads: 1)
            guard step != 2 else { continue }
            for tensor in fixture.expected["adamw_tensors"]?.array?.compactMap(\.string) ?? [] {
                let entry = try #require(model.layout.entries.first { $0.name == tensor })
                let difference = largestDifference(
                    model.parameters[entry].array, try fixture.floats("adamw\(step).\(tensor)"))
                print("\(name): \(tensor) after \(step) steps differs by at most \(difference)")
                // A step moves each weight by at most about 1e-3, whatever its gradient; a tiny gradient's sign is
                // noise.
                #expect(difference < (step == 1 ? 2e-5 : 1e-4))
            }
        }
    }
}
