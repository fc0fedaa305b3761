import Foundation
import Numerics
import Testing

/// Numbers from the unit tests of other libraries (Burn, Candle): inputs first, expected values last.
@Suite(.enabled(if: Shared.exists, "needs ../shared"))
struct ReferenceVectorTests {
    private func arrays(of test: String, in source: String) throws -> [Any] {
        let url = Shared.directory.appending(path: "vectors/numeric/nn_numeric_references.json")
        let root = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        let files = try #require(root?["files"] as? [[String: Any]])
        let file = try #require(files.first { ($0["source"] as? String)?.contains(source) == true })
        let tests = try #require(file["tests"] as? [[String: Any]])
        let found = try #require(tests.first { $0["test"] as? String == test })
        return try #require(found["arrays_in_order"] as? [Any])
    }

    /// All numbers of nested arrays, in order.
    private func flat(_ value: Any) -> [Float] {
        if let list = value as? [Any] { return list.flatMap(flat) }
        return (value as? NSNumber).map { [$0.floatValue] } ?? []
    }

    @Test func rmsNorm() throws {
        let vectors = try arrays(of: "rms_norm", in: "candle-nn/tests/ops.rs")
        let y = Matrix(rows: 4, columns: 3)
        RMSNorm.forward(
            Matrix(rows: 4, columns: 3, flat(vectors[0])), weight: Vector([1, 2, 3]), epsilon: 1e-5, into: y)
        #expect(deviation(y.array, flat(vectors[1]).map(Double.init)) < 1e-4)
    }

    @Test func softmax() throws {
        let vectors = try arrays(of: "test_softmax_d2", in: "tensor/float/activation/softmax.rs")
        let x = Matrix(rows: 2, columns: 2, flat(vectors[0]))
        Softmax.apply(x)
        #expect(deviation(x.array, flat(vectors[1]).map(Double.init)) < 1e-6)
    }

    @Test func silu() throws {
        let vectors = try arrays(of: "test_silu", in: "tensor/float/activation/silu.rs")
        let y = Matrix(rows: 2, columns: 2)
        SwiGLU.forward(
            gate: Matrix(rows: 2, columns: 2, flat(vectors[0])), up: Matrix(rows: 2, columns: 2, [1, 1, 1, 1]),
            into: y)
        #expect(deviation(y.array, flat(vectors[1]).map(Double.init)) < 1e-5)
    }

    @Test func rotaryFrequencies() throws {
        let vectors = try arrays(of: "test_rotary_encoding_frequencies", in: "rope_encoding.rs")
        let expected = flat(vectors[0])
        let x = Matrix(rows: 2, columns: 8, [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0])
        RotaryEmbedding(headDimension: 8, positions: 2, theta: 10_000).apply(x, positions: [0, 1])
        let pairs = (0..<2).flatMap { row in (0..<4).flatMap { [x[row, $0], x[row, $0 + 4]] } }
        #expect(deviation(pairs, expected.map(Double.init)) < 2e-5)
    }

    /// Two steps on a linear layer whose loss is the sum of its outputs: the gradient of a weight is the sum of its input.
    @Test func adamW() throws {
        let vectors = try arrays(of: "test_adamw_optimizer_with_numbers", in: "optim/adamw.rs")
        let weight = Vector(flat(vectors[0]))
        let bias = Vector(flat(vectors[1]))
        let (first, second) = (Vector(count: 36), Vector(count: 36))
        let (biasFirst, biasSecond) = (Vector(count: 6), Vector(count: 6))
        for step in 1...2 {
            let input = Matrix(rows: 2, columns: 6, flat(vectors[1 + step]))
            let sums = (0..<6).map { input[0, $0] + input[1, $0] }
            AdamW().step(
                weight, gradient: Vector((0..<6).flatMap { _ in sums }), firstMoment: first,
                secondMoment: second, step: step, learningRate: 0.01, weightDecay: 0.5)
            AdamW().step(
                bias, gradient: Vector([2, 2, 2, 2, 2, 2]), firstMoment: biasFirst, secondMoment: biasSecond,
                step: step, learningRate: 0.01, weightDecay: 0.5)
        }
        #expect(deviation(weight.array, flat(vectors[4]).map(Double.init)) < 1e-5)
        #expect(deviation(bias.array, flat(vectors[5]).map(Double.init)) < 1e-5)
    }
}
