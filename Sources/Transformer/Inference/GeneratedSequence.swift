/// A prompt to continue, and the number that keys its random numbers.
public struct GenerationPrompt: Sendable, Equatable {
    /// Keys the random numbers together with the seed, the sample's index and the token's position: the same prompt
    /// under another index is continued differently.
    public var index: UInt32
    /// Context tokens, at least one.
    public var tokens: [Int32]

    /// Creates a prompt.
    public init(index: UInt32, tokens: [Int32]) {
        self.index = index
        self.tokens = tokens
    }
}

/// One sampled continuation.
public struct GeneratedSequence: Sendable, Equatable {
    /// Why a sequence ended.
    public enum Stop: UInt8, Sendable {
        /// A stop token was drawn.
        case stopToken = 1
        /// `maxNewTokens` were drawn, or the context is full.
        case length = 2
    }

    /// Index of the prompt it continues.
    public var prompt: UInt32
    /// Which of the prompt's samples, from 0.
    public var sample: UInt32
    /// Drawn tokens, without the stop token.
    public var tokens: [Int32]
    /// Log-probability of each of `tokens` at temperature 1, before top-k and top-p: what `logprobs` reports.
    public var logProbabilities: [Float]
    /// Log-probability of the stop token, when one was drawn.
    public var stopLogProbability: Float?
    /// Why it ended.
    public var stop: Stop

    /// Sum over `tokens`.
    public var logProbability: Double { logProbabilities.reduce(0) { $0 + Double($1) } }
}

/// How far a call of `Generator.generate` is.
public struct GenerationProgress: Sendable, Equatable {
    /// Sequences that have ended.
    public var finished: Int
    /// Sequences asked for.
    public var total: Int
    /// Tokens drawn so far, stop tokens included.
    public var tokens: Int
}
