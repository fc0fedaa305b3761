import CKernels

/// Speed of this machine and of the packed kernel on it, one thread.
public enum KernelBenchmark {
    /// Operations per second of independent fused multiply-adds in registers: the most a product could reach.
    public static func peakGigaflops(seconds: Double = 0.2) -> Double {
        let sink = Vector(count: 16)
        let table = unsafe kernels
        return best(seconds) { unsafe table.peak(200_000, sink.pointer) }
    }

    /// GFLOP/s of y [rows, outputs] = x [rows, inputs] · Wᵀ with packed W.
    public static func packedGigaflops(rows: Int, outputs: Int, inputs: Int, seconds: Double = 0.2) -> Double {
        let weights = PackedMatrix(operand(outputs, inputs))
        let x = operand(rows, inputs)
        let y = Matrix(rows: rows, columns: outputs)
        return best(seconds) {
            weights.multiply(x, into: y)
            return 2 * Double(rows) * Double(outputs) * Double(inputs)
        }
    }

    /// GFLOP/s of c [rows, columns] = a · b with both operands given at run time; `library` measures OpenBLAS instead.
    public static func productGigaflops(
        rows: Int, columns: Int, inner: Int, aTransposed: Bool = false, bTransposed: Bool = false,
        library: Bool = false, seconds: Double = 0.2
    ) -> Double {
        let a = aTransposed ? operand(inner, rows) : operand(rows, inner)
        let b = bTransposed ? operand(columns, inner) : operand(inner, columns)
        let c = Matrix(rows: rows, columns: columns)
        return best(seconds) {
            if library {
                BLAS.multiply(a, transposed: aTransposed, by: b, transposed: bTransposed, into: c)
            } else {
                Product.multiply(a, transposed: aTransposed, by: b, transposed: bTransposed, into: c)
            }
            return 2 * Double(rows) * Double(columns) * Double(inner)
        }
    }

    private static func operand(_ rows: Int, _ columns: Int) -> Matrix {
        let matrix = Matrix(rows: rows, columns: columns)
        CounterRandom(key: 1).fillNormal(matrix.elements, deviation: 1)
        return matrix
    }

    /// The best rate over rounds of at least a few milliseconds, in 10⁹ operations per second.
    private static func best(_ seconds: Double, _ body: () -> Double) -> Double {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var best = 0.0
        repeat {
            var operations = 0.0
            let start = clock.now
            var elapsed = Duration.zero
            repeat {
                operations += body()
                elapsed = clock.now - start
            } while elapsed < .milliseconds(5)
            best = max(best, operations / (elapsed / .seconds(1)) / 1e9)
        } while clock.now < end
        return best
    }
}
