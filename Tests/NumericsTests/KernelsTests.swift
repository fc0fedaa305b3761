import Numerics
import Testing

/// One computation through every kernel, at sizes that are no multiple of a register.
func battery() -> [(String, [Float])] {
    var results: [(String, [Float])] = []
    let x = random(29, 75, stream: 1, scale: 3)
    let other = random(29, 75, stream: 2)
    let weight = random(75, stream: 3)

    let y = Matrix(rows: 29, columns: 45)
    PackedMatrix(random(45, 75, stream: 4)).multiply(x, into: y)
    results.append(("packed", y.array))
    let z = Matrix(rows: 75, columns: 45)
    Product.multiply(x, transposed: true, by: y, into: z)
    results.append(("product", z.array))

    let row = random(999, stream: 5, scale: 40)
    let mapped = Vector(count: 999)
    mapped.exp(of: row)
    results.append(("exp", mapped.array))
    let logarithm = Vector(count: 999)
    logarithm.log(of: mapped)
    results.append(("log", logarithm.array))
    mapped.tanh(of: row)
    results.append(("tanh", mapped.array))
    mapped.gelu(of: row)
    results.append(("gelu", mapped.array))
    results.append(("sums", [Float(row.sum), Float(row.sumOfSquares), Float(row.dot(mapped))]))
    mapped.add(row, scaledBy: 0.3)
    results.append(("axpy", mapped.array))

    let inverse = Vector(count: 29)
    let normed = Matrix(rows: 29, columns: 75)
    RMSNorm.forward(x, weight: weight, epsilon: 1e-5, into: normed, inverseRMS: inverse)
    results.append(("norm", normed.array + inverse.array))
    let gradient = Matrix(rows: 29, columns: 75)
    let weightGradient = Vector(count: 75)
    RMSNorm.backward(
        other, x: x, weight: weight, inverseRMS: inverse, into: gradient, weightGradient: weightGradient)
    results.append(("norm backward", gradient.array + weightGradient.array))
    LayerNorm.forward(x, weight: weight, bias: other.row(0), epsilon: 1e-5, into: normed)
    results.append(("layer norm", normed.array))
    SwiGLU.forward(gate: x, up: other, into: normed)
    results.append(("swiglu", normed.array))
    SwiGLU.backward(other, gate: x, up: normed, gateGradient: gradient, upGradient: normed)
    results.append(("swiglu backward", gradient.array + normed.array))
    let turned = random(29, 54, stream: 6)
    let rope = RotaryEmbedding(headDimension: 18, positions: 64, theta: 10_000)
    rope.apply(turned, positions: (0..<29).map { Int32($0 * 2) })
    results.append(("rope", turned.array))
    normed.copy(from: x)
    Softmax.apply(normed, scale: 0.5, causalOffset: 20)
    results.append(("softmax", normed.array))
    results += attentionBattery() + lossBattery() + optimiserBattery()
    return results
}

private func attentionBattery() -> [(String, [Float])] {
    let attention = Attention(heads: 4, keyValueHeads: 2, headDimension: 22, window: 40)
    let (q, k, v) = (random(71, 88, stream: 7), random(71, 44, stream: 8), random(71, 44, stream: 9))
    let starts: [Int32] = [0, 13, 71]
    let out = Matrix(rows: 71, columns: 88)
    let logSumExp = Matrix(rows: 71, columns: 4)
    attention.forward(queries: q, keys: k, values: v, starts: starts, into: out, logSumExp: logSumExp)
    let (dq, dk, dv) = (Matrix(rows: 71, columns: 88), Matrix(rows: 71, columns: 44), Matrix(rows: 71, columns: 44))
    attention.backward(
        random(71, 88, stream: 10), out: out, queries: q, keys: k, values: v, starts: starts, logSumExp: logSumExp,
        queryGradient: dq, keyGradient: dk, valueGradient: dv)
    let seenWhole = Matrix(rows: 71, columns: 88)
    Attention(heads: 4, keyValueHeads: 2, headDimension: 22, isCausal: false)
        .forward(queries: q, keys: k, values: v, starts: starts, into: seenWhole)
    let prefix = KeyValueCache(layers: 1, keyValueHeads: 2, headDimension: 22, capacities: [13])
    prefix.store(layer: 0, slot: 0, position: 0, keys: k.rows(0..<13), values: v.rows(0..<13))
    let suffix = KeyValueCache(layers: 1, keyValueHeads: 2, headDimension: 22, capacities: [58, 58, 58])
    for slot in 0..<3 {
        suffix.store(layer: 0, slot: slot, position: 0, keys: k.rows(13..<71), values: v.rows(13..<71))
    }
    let decoded = Matrix(rows: 3, columns: 88)
    attention.decode(
        queries: q.rows(0..<3), layer: 0, prefix: prefix, prefixSlots: [0, 0, 0], prefixCounts: [13, 13, 13],
        suffix: suffix, suffixSlots: [0, 1, 2], suffixCounts: [1, 30, 58], into: decoded)
    return [
        ("attention", out.array + logSumExp.array), ("attention backward", dq.array + dk.array + dv.array),
        ("decoding", decoded.array), ("attention both ways", seenWhole.array),
    ]
}

private func lossBattery() -> [(String, [Float])] {
    let logits = random(5, 1003, stream: 11, scale: 6)
    let source = CounterRandom(key: 5)
    var tokens: [Float] = []
    for (index, decoding) in [
        Decoding(), Decoding(temperature: 0.7, topP: 0.9), Decoding(topK: 17), Decoding(topK: 50, topP: 0.8),
    ].enumerated() {
        for draw in 0..<20 {
            let uniform = source.uniform(at: UInt64(index * 20 + draw))
            tokens.append(Float(Logits.sample(logits.row(draw % 5), decoding, uniform: uniform)))
        }
    }
    let losses = Vector(count: 5)
    CrossEntropy.lossesAndGradient(
        logits, targets: [1, 2, 3, 4, 1002], weights: [1, 0.5, 0, 2, 1], into: losses)
    return [("sampling", tokens), ("cross-entropy", losses.array + logits.array)]
}

private func optimiserBattery() -> [(String, [Float])] {
    let parameter = random(13, 37, stream: 12)
    let gradient = random(13, 37, stream: 13)
    let first = Vector(count: 13 * 37)
    let second = Vector(count: 13 * 37)
    AdamW().step(
        parameter.elements, gradient: gradient.elements, firstMoment: first, secondMoment: second, step: 3,
        learningRate: 0.01, weightDecay: 0.1, gradientScale: 0.9)
    let adamW = parameter.array
    Adafactor(scalesByParameter: true).step(
        parameter, gradient: gradient, rowMoment: Vector(count: 13), columnMoment: Vector(count: 37),
        scratch: Vector(count: 13 * 37), step: 2, learningRate: 0.01)
    return [("adamw", adamW + second.array), ("adafactor", parameter.array)]
}

@Suite(.serialized) struct KernelsTests {
    @Test func everyInstructionLevelGivesTheSameBits() {
        defer { InstructionLevel.supported.force() }
        InstructionLevel.generic.force()
        let reference = battery()
        let fingerprint = NumericFingerprint.compute()
        for level in InstructionLevel.allCases where level != .generic && level.force() {
            for (expected, actual) in zip(reference, battery()) {
                let first = zip(bits(expected.1), bits(actual.1)).enumerated().first { $1.0 != $1.1 }
                #expect(first == nil, "\(expected.0) differs under \(level) at \(first?.offset ?? 0)")
            }
            #expect(NumericFingerprint.compute() == fingerprint)
        }
    }

    @Test func theBatteryHasNoHoles() {
        for (name, values) in battery() {
            #expect(values.allSatisfy { $0.isFinite }, "\(name)")
            #expect(Set(values).count > 1, "\(name) is constant")
        }
    }
}
