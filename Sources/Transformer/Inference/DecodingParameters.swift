/// How the next token is drawn from the logits.
///
/// With temperature τ > 0: p ∝ exp(logit / τ), restricted to the `topK` most probable tokens, then to the smallest
/// set of the most probable whose mass reaches `topP` (nucleus sampling, arXiv 1904.09751), renormalised. Temperature
/// 0 takes the largest logit; ties go to the lower token id.
public struct DecodingParameters: Sendable, Equatable {
    /// 0 is greedy.
    public var temperature: Float
    /// Nucleus mass; 1 keeps everything.
    public var topP: Float
    /// Most tokens considered; 0 keeps everything.
    public var topK: Int
    /// Most tokens drawn, a stop token not counted.
    public var maxNewTokens: Int
    /// A sequence ends when one of these is drawn.
    public var stopTokens: [Int32]

    /// Plain sampling at temperature 1 unless said.
    public init(
        temperature: Float = 1, topP: Float = 1, topK: Int = 0, maxNewTokens: Int, stopTokens: [Int32] = []
    ) {
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.maxNewTokens = maxNewTokens
        self.stopTokens = stopTokens
    }

    func validate() throws(GenerationError) {
        if !(temperature >= 0 && temperature.isFinite) {
            throw GenerationError("The temperature \(temperature) must be a finite number, at least 0.")
        }
        if !(topP > 0 && topP <= 1) { throw GenerationError("top-p \(topP) must be above 0 and at most 1.") }
        if topK < 0 { throw GenerationError("top-k \(topK) must be at least 0 (0 keeps every token).") }
        if maxNewTokens < 1 { throw GenerationError("The number of new tokens \(maxNewTokens) must be at least 1.") }
    }
}

/// Why nothing was generated.
public struct GenerationError: Error, CustomStringConvertible, Sendable, Equatable {
    /// One sentence: what, where, what to do.
    public var description: String

    /// The caller asked to stop.
    public static let stopped = GenerationError("Generation was stopped before its end.")

    init(_ description: String) { self.description = description }
}
