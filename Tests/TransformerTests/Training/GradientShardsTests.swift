import Numerics
import Testing

@testable import Transformer

struct GradientShardsTests {
    private static func gradient(shards: Int, maxRows: Int) throws -> (loss: Double, squares: Double, [Float]) {
        let model = Tiny.model(try Tiny.config())
        let examples = TrainerTests.examples(9)
        let plan = ShardPlan(rows: examples.map(\.rowCount), shardCount: shards, maxRows: maxRows)
        let computation = GradientShards(model, count: shards, rows: max(maxRows, 20), threads: 2)
        let result = computation.compute(examples, plan: plan, scale: 0.02)
        return (result.loss, result.squares, computation.gradient.all.array)
    }

    @Test func shardsAndMicroBatchesChangeRoundingOnly() throws {
        let whole = try Self.gradient(shards: 1, maxRows: 1000)
        let scale = whole.2.reduce(0) { max($0, abs($1)) }
        for (shards, rows) in [(1, 16), (2, 16), (4, 1000), (12, 1)] {
            let parts = try Self.gradient(shards: shards, maxRows: rows)
            #expect(abs(parts.loss - whole.loss) < 1e-5)
            #expect(largestDifference(parts.2, whole.2) < 1e-5 * scale)
        }
    }

    @Test func squaresAreThoseOfTheGradient() throws {
        let result = try Self.gradient(shards: 3, maxRows: 16)
        #expect(abs(result.squares - result.2.reduce(0.0) { $0 + Double($1) * Double($1) }) < 1e-6 * result.squares)
    }

    @Test func computingAgainStartsFromZero() throws {
        let model = Tiny.model(try Tiny.config())
        let examples = TrainerTests.examples(4)
        let plan = ShardPlan(rows: examples.map(\.rowCount), shardCount: 2, maxRows: 100)
        let computation = GradientShards(model, count: 2, rows: 100, threads: 1)
        let first = computation.compute(examples, plan: plan, scale: 1)
        let gradient = computation.gradient.all.array
        #expect(computation.compute(examples, plan: plan, scale: 1) == first)
        #expect(computation.gradient.all.array == gradient)
    }
}
