import Checkpoints
import Numerics
import Testing

@testable import Transformer

struct TrainerTests {
    /// Examples with something to learn: the completion continues the prompt's count upwards.
    static func examples(_ count: Int) -> [TrainingExample] {
        (0..<count).map { index in
            let start = index * 13 % 40
            let length = 2 + index % 5
            return TrainingExample(
                prompt: (0..<length).map { Int32(start + $0) },
                completion: (length..<length + 3 + index % 4).map { Int32(start + $0) },
                weight: Float(1 + index % 3) / 2)
        }
    }

    static func recipe(_ optimizer: TrainingRecipe.Optimizer = .adamW) -> TrainingRecipe {
        TrainingRecipe(
            optimizer: optimizer, learningRate: 3e-3, schedule: LearningRateSchedule(decay: .cosine, warmupSteps: 3),
            duration: .epochs(3), batchSize: 8, maxTokens: 24, gradientShards: 3, seed: 5)
    }

    static func trained(
        _ recipe: TrainingRecipe, threads: Int = 1, examples: [TrainingExample] = examples(30)
    ) throws -> (LlamaModel, TrainingReport) {
        let model = LlamaModel.initialized(config: try Tiny.config(), seed: 2)
        let report = try Trainer(model: model, recipe: recipe).run(examples, threads: threads)
        return (model, report)
    }

    @Test(arguments: TrainingRecipe.Optimizer.allCases)
    func threadsNeverChangeABit(optimizer: TrainingRecipe.Optimizer) throws {
        let one = try Self.trained(Self.recipe(optimizer))
        let many = try Self.trained(Self.recipe(optimizer), threads: 4)
        #expect(one.0.parameters.all.array == many.0.parameters.all.array)
        #expect(one.1 == many.1)
    }

    @Test(arguments: TrainingRecipe.Optimizer.allCases)
    func learns(optimizer: TrainingRecipe.Optimizer) throws {
        var recipe = Self.recipe(optimizer)
        recipe.duration = .steps(150)
        recipe.learningRate = 1e-2
        let (_, report) = try Self.trained(recipe)
        #expect(report.firstLoss > 3.5)
        #expect(report.lastLoss < 0.5, "\(report)")
        #expect(report.steps == 150 && report.isComplete)
    }

    @Test(arguments: TrainingRecipe.Optimizer.allCases)
    func goesOnFromSavedState(optimizer: TrainingRecipe.Optimizer) throws {
        let whole = try Self.trained(Self.recipe(optimizer))
        let model = LlamaModel.initialized(config: try Tiny.config(), seed: 2)
        let first = try Trainer(model: model, recipe: Self.recipe(optimizer))
        let stopped = try first.run(Self.examples(30)) { $0.step < 5 }
        #expect(stopped.steps == 5 && !stopped.isComplete)
        let start = LlamaModel.initialized(config: try Tiny.config(), seed: 2)
        let second = try Trainer(model: start, recipe: Self.recipe(optimizer))
        try second.restore(first.state)
        #expect(try second.run(Self.examples(30)) == whole.1)
        #expect(second.model.parameters.all.array == whole.0.parameters.all.array)
        // Nothing is left to do for a state that was saved at the end.
        let third = try Trainer(model: .initialized(config: try Tiny.config(), seed: 2), recipe: Self.recipe(optimizer))
        try third.restore(second.state)
        #expect(try third.run(Self.examples(30)) { _ in false } == whole.1)
    }

    @Test(arguments: TrainingRecipe.Optimizer.allCases)
    func stopsWhereTheLossIsNoNumber(optimizer: TrainingRecipe.Optimizer) throws {
        var recipe = Self.recipe(optimizer)
        recipe.learningRate = 1e30
        let error = #expect(throws: TrainingError.self) { try Self.trained(recipe) }
        let sentence = try #require(error?.description)
        #expect(sentence.hasPrefix("Training diverged at step "))
        #expect(
            sentence.contains(" of 12: the loss is ") && sentence.contains("Lower the learning rate"), "\(sentence)")
    }

    @Test func scalingAllWeightsChangesNothing() throws {
        let one = try Self.trained(Self.recipe())
        let doubled = Self.examples(30).map {
            TrainingExample(prompt: $0.prompt, completion: $0.completion, weight: 2 * $0.weight)
        }
        #expect(try Self.trained(Self.recipe(), examples: doubled).0.parameters.all.array == one.0.parameters.all.array)
    }

    @Test func anExampleOfWeightZeroTeachesNothing() throws {
        let base = Array(Self.examples(7))
        var recipe = Self.recipe()
        recipe.duration = .steps(1)
        let noise = TrainingExample(prompt: [1], completion: [60, 60], weight: 0)
        let without = try Self.trained(recipe, examples: base)
        let with = try Self.trained(recipe, examples: base + [noise])
        #expect(abs(without.1.firstLoss - with.1.firstLoss) < 1e-6)
    }

    @Test func lossIsTheMeanOverTargetsWeightedByExample() throws {
        let model = LlamaModel.initialized(config: try Tiny.config(), seed: 2, deviation: 0.2)
        let scorer = SequenceScorer(weights: PolicyWeights(model: model))
        let examples = Self.examples(6)
        var sum = 0.0
        var total = 0.0
        for example in examples {
            let logProbabilities = try scorer.logProbabilities(example.prompt + example.completion)
                .suffix(example.completion.count)
            sum -= Double(example.weight) * logProbabilities.reduce(0) { $0 + Double($1) }
            total += Double(example.weight) * Double(example.completion.count)
        }
        var recipe = Self.recipe()
        recipe.duration = .steps(1)
        let report = try Trainer(model: model, recipe: recipe).run(examples)
        #expect(abs(report.firstLoss - sum / total) < 1e-5)
    }

    @Test func checkpointKeepsTheElementType() throws {
        let model = LlamaModel.initialized(config: try Tiny.config(), seed: 2)
        let base = try model.checkpoint(as: .bfloat16)
        var recipe = Self.recipe()
        recipe.duration = .steps(2)
        let trainer = try Trainer(checkpoint: base, recipe: recipe)
        #expect(try trainer.checkpoint().weightsDigest == base.weightsDigest)
        try trainer.run(Self.examples(8))
        #expect(try trainer.checkpoint().elementType == .bfloat16)
        #expect(try trainer.checkpoint().weightsDigest != base.weightsDigest)
    }

    @Test func refusesUnusableExamplesByNumber() throws {
        let config = try Tiny.config()
        func message(_ example: TrainingExample) -> String {
            do {
                try Trainer.check([TrainingExample(prompt: [1], completion: [2]), example], config: config)
                return "accepted"
            } catch {
                return error.description
            }
        }
        #expect(message(TrainingExample(prompt: [1], completion: [])).contains("example 2 has no token to learn"))
        #expect(message(TrainingExample(prompt: [], completion: [1])).contains("example 2 has no token to learn"))
        #expect(message(TrainingExample(prompt: [1], completion: [61])).contains("token 61"))
        #expect(message(TrainingExample(prompt: [1], completion: [2], weight: -1)).contains("weight -1"))
        #expect(message(TrainingExample(prompt: [Int32](repeating: 1, count: 96), completion: [2])) == "accepted")
        #expect(message(TrainingExample(prompt: [Int32](repeating: 1, count: 97), completion: [2])).contains("context"))
        #expect(throws: TrainingError.self) { try Trainer.check([], config: config) }
    }
}
