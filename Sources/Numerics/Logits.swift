// From logits to tokens.
//
// Temperature, then top-k, then top-p (Holtzman et al., 2020), then inversion of the cumulative distribution with one
// uniform number given by the caller. Order of equals: the lower token first, so that a tie never depends on the sort.

import CKernels

/// How a token is drawn.
public struct Decoding: Sendable, Equatable {
    /// Divides the logits; 0 is greedy.
    public var temperature: Float
    /// Only the k most probable tokens; nil: all.
    public var topK: Int?
    /// Only the fewest tokens whose probabilities reach p; 1: all.
    public var topP: Double

    /// Plain sampling unless told otherwise.
    public init(temperature: Float = 1, topK: Int? = nil, topP: Double = 1) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
    }
}

/// Operations on one row of logits.
public enum Logits {
    /// The most probable token; the lowest of equals.
    public static func argmax(_ logits: Vector) -> Int32 {
        precondition(logits.count > 0, "no logits")
        return Int32(truncatingIfNeeded: unsafe kernels.argmax(logits.count, logits.pointer))
    }

    /// The token that `uniform` in [0, 1) selects.
    public static func sample(_ logits: Vector, _ decoding: Decoding, uniform: Double) -> Int32 {
        guard decoding.temperature > 0 else { return argmax(logits) }
        precondition(logits.count > 0, "no logits")
        return unsafe kernels.sample(
            logits.count, logits.pointer, decoding.temperature, decoding.topK ?? 0, decoding.topP, uniform)
    }

    /// log Σ e^logit; -inf entries count nothing.
    public static func logSumExp(_ logits: Vector) -> Float {
        unsafe kernels.log_sum_exp(logits.count, logits.pointer)
    }

    /// The log-probability of `token` under the plain softmax.
    public static func logProbability(_ logits: Vector, of token: Int32) -> Float {
        logits[Int(token)] - logSumExp(logits)
    }

    /// log-probabilities of one token per row.
    public static func logProbabilities(_ logits: Matrix, of tokens: [Int32]) -> [Float] {
        precondition(tokens.count >= logits.rows, "one token per row")
        return (0..<logits.rows).map { logProbability(logits.row($0), of: tokens[$0]) }
    }
}
