// What a node's arithmetic gives for fixed inputs. Two machines whose fingerprints agree give the same bits for the same
// task; the coordinator refuses a node whose fingerprint differs from the run's.

/// Canary values through every class of kernel.
public enum NumericFingerprint {
    /// Raised when a kernel's arithmetic changes on purpose.
    public static let version = 1

    /// The canaries' bits as little-endian bytes; same machine class, same bytes.
    public static func compute() -> [UInt8] {
        var bytes = Array("reprise-numerics-\(version)".utf8)
        for canary in [products(), functions(), layers(), attention(), choices()] {
            for value in canary {
                for shift in stride(from: 0, to: 32, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift)))
                }
            }
        }
        return bytes
    }

    private static func canary(_ rows: Int, _ columns: Int, stream: UInt64) -> Matrix {
        let matrix = Matrix(rows: rows, columns: columns)
        let random = CounterRandom(key: 0x5EED, stream: stream)
        for index in 0..<rows * columns {
            matrix[index / columns, index % columns] = Float(random.uniform(at: UInt64(index)) * 4 - 2)
        }
        return matrix
    }

    private static func products() -> [Float] {
        let x = canary(3, 67, stream: 1)
        let w = canary(40, 67, stream: 2)
        let y = Matrix(rows: 3, columns: 40)
        PackedMatrix(w).multiply(x, into: y)
        let z = Matrix(rows: 67, columns: 40)
        Product.multiply(x, transposed: true, by: y, into: z)
        return y.array + z.row(11).array
    }

    private static func functions() -> [Float] {
        let x = canary(1, 33, stream: 3).row(0)
        x.scale(by: 7)
        let y = Vector(count: 33)
        y.exp(of: x)
        let z = Vector(count: 33)
        z.log(of: y)
        let t = Vector(count: 33)
        t.tanh(of: x)
        let angles = (0..<8).map { Float(Elementary.sin(Double($0) * 1.7) + Elementary.cos(Double($0) * 311.3)) }
        return y.array + z.array + t.array + angles + [Float(x.sumOfSquares), Float(x.dot(y))]
    }

    private static func layers() -> [Float] {
        let x = canary(2, 48, stream: 4)
        let weight = canary(1, 48, stream: 5).row(0)
        let y = Matrix(rows: 2, columns: 48)
        RMSNorm.forward(x, weight: weight, epsilon: 1e-5, into: y)
        RotaryEmbedding(headDimension: 16, positions: 9, theta: 10_000).apply(y, positions: [3, 8])
        let z = Matrix(rows: 2, columns: 48)
        SwiGLU.forward(gate: x, up: y, into: z)
        Softmax.apply(x, scale: 0.7)
        return y.array + z.array + x.array
    }

    private static func attention() -> [Float] {
        let attention = Attention(heads: 4, keyValueHeads: 2, headDimension: 24)
        let q = canary(5, 96, stream: 6)
        let k = canary(5, 48, stream: 7)
        let v = canary(5, 48, stream: 8)
        let out = Matrix(rows: 5, columns: 96)
        attention.forward(queries: q, keys: k, values: v, starts: [0, 2, 5], into: out)
        return out.array
    }

    private static func choices() -> [Float] {
        let logits = canary(1, 300, stream: 9).row(0)
        let random = CounterRandom(key: 99)
        let tokens = (0..<16).map { index in
            let decoding = Decoding(temperature: 0.8, topK: index < 8 ? nil : 40, topP: index < 12 ? 1 : 0.9)
            return Float(Logits.sample(logits, decoding, uniform: random.uniform(at: UInt64(index))))
        }
        return tokens + [Logits.logProbability(logits, of: 17)]
    }
}
