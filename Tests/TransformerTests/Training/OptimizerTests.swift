import Checkpoints
import Numerics
import Testing

@testable import Transformer

struct OptimizerTests {
    private static func updated(
        _ recipe: TrainingRecipe, gradientScale: Float = 1, threads: Int = 1
    ) throws -> (before: LlamaModel, after: LlamaModel) {
        let config = try Tiny.config()
        let before = Tiny.model(config)
        let after = Tiny.model(config)
        var optimizer = Optimizer(recipe, layout: after.layout)
        let gradient = Vector(count: after.layout.count)
        CounterRandom(key: 9).fillNormal(gradient, deviation: 0.1)
        for _ in 0..<3 {
            optimizer.update(
                after.parameters.all, gradient: gradient, gradientScale: gradientScale, learningRate: 1e-2,
                threads: threads)
        }
        return (before, after)
    }

    @Test(arguments: TrainingRecipe.Optimizer.allCases)
    func normsDecayOnlyWhenTheRecipeSaysSo(optimizer: TrainingRecipe.Optimizer) throws {
        var recipe = TrainingRecipe(optimizer: optimizer, weightDecay: 0)
        let plain = try Self.updated(recipe).after
        recipe.weightDecay = 0.5
        let matrices = try Self.updated(recipe).after
        recipe.decaysNorms = true
        let everything = try Self.updated(recipe).after
        #expect(matrices.parameters.finalNorm.array == plain.parameters.finalNorm.array)
        #expect(matrices.parameters.embedding.array != plain.parameters.embedding.array)
        #expect(everything.parameters.finalNorm.array != plain.parameters.finalNorm.array)
        #expect(everything.parameters.embedding.array == matrices.parameters.embedding.array)
    }

    @Test(arguments: TrainingRecipe.Optimizer.allCases)
    func everyWeightMovesWhateverTheThreads(optimizer: TrainingRecipe.Optimizer) throws {
        let recipe = TrainingRecipe(optimizer: optimizer)
        let (before, after) = try Self.updated(recipe)
        for entry in before.layout.entries {
            let moved = zip(before.parameters[entry].array, after.parameters[entry].array).count { $0 != $1 }
            #expect(moved > entry.count * 9 / 10, "\(entry.name)")
        }
        #expect(try Self.updated(recipe, threads: 3).after.parameters.all.array == after.parameters.all.array)
    }

    @Test func refusesAStateOfAnotherRule() throws {
        let layout = ParameterLayout(try Tiny.config())
        let state = Optimizer(TrainingRecipe(optimizer: .adafactor), layout: layout).state
        var other = Optimizer(TrainingRecipe(optimizer: .adamW), layout: layout)
        #expect(throws: TrainingError.self) { try other.restore(state) }
    }

    @Test func adafactorRemembersRowsAndColumnsOnly() throws {
        let layout = ParameterLayout(try Tiny.config())
        let state = Optimizer(TrainingRecipe(optimizer: .adafactor), layout: layout).state
        #expect(state.firstMoments.isEmpty)
        #expect(state.secondMoments.count < layout.count / 10)
    }
}
