import Checkpoints
import Numerics

/// Samples continuations of many prompts together.
///
/// Each prompt is run once and its keys and values are shared by its samples. Then all live samples of all prompts
/// take one step at a time as the rows of one batch; a sample that stops leaves the batch, and the next prompt enters
/// when there is room. None of this can be seen in the result: a row's arithmetic does not depend on its neighbours,
/// and the random number for a token is a function of (seed, prompt index, sample, position in the continuation).
/// Sampling each prompt alone, or in another order, gives the same bits.
///
/// Not thread-safe: one generator a thread, over shared `PolicyWeights`.
public final class Generator {
    /// The policy sampled from.
    public let weights: PolicyWeights
    private let maxRows: Int
    private var work: InferenceWorkspace
    private var prefixes: KeyValueCache?
    private var suffixes: KeyValueCache?

    /// - Parameter maxRows: most samples decoded together (a prompt's samples always are); bounds memory, not results.
    public init(weights: PolicyWeights, maxRows: Int = 64) {
        precondition(maxRows > 0, "at least one row")
        self.weights = weights
        self.maxRows = maxRows
        work = InferenceWorkspace(weights.geometry)
    }

    /// Draws `samplesPerPrompt` continuations of every prompt.
    /// - Parameter progress: called after each decoding step; returning false stops.
    /// - Returns: in the order of the prompts, each prompt's samples in order.
    /// - Throws: `GenerationError` when a parameter makes no sense, a prompt is empty or has an unknown token, or a
    ///   prompt and its new tokens do not fit the model's context; `GenerationError.stopped` when `progress` returned
    ///   false.
    public func generate(
        _ prompts: [GenerationPrompt], samplesPerPrompt: Int, decoding: DecodingParameters, seed: UInt64,
        progress: (GenerationProgress) -> Bool = { _ in true }
    ) throws(GenerationError) -> [GeneratedSequence] {
        try check(prompts, samplesPerPrompt, decoding)
        guard !prompts.isEmpty else { return [] }
        let rowCapacity = max(maxRows, samplesPerPrompt)
        let prefixSlots = min(prompts.count, 2 * max(1, rowCapacity / samplesPerPrompt))
        let rows = min(rowCapacity, prompts.count * samplesPerPrompt)
        let longest = prompts.reduce(1) { max($0, $1.tokens.count) }
        work.reserve(rows: max(longest, rows), logitRows: max(rows, 1))
        let prefix = cache(&prefixes, slots: prefixSlots, positions: longest)
        let suffix = cache(&suffixes, slots: rows, positions: decoding.maxNewTokens)
        var batch = DecodeBatch(
            weights: weights, decoding: decoding, seed: seed, prompts: prompts, samplesPerPrompt: samplesPerPrompt,
            prefix: prefix, suffix: suffix)
        while batch.admit(work) || batch.hasLiveRows {
            batch.step(work)
            if !progress(batch.progress) { throw .stopped }
        }
        return batch.results
    }

    /// The cache kept from the last call when it is large enough.
    private func cache(_ kept: inout KeyValueCache?, slots: Int, positions: Int) -> KeyValueCache {
        if let cache = kept, cache.capacities.count >= slots, Int(cache.capacities.first ?? 0) >= positions {
            return cache
        }
        kept = nil
        let cache = KeyValueCache(
            layers: weights.config.layers, keyValueHeads: weights.config.keyValueHeads,
            headDimension: weights.config.headDimension,
            capacities: [Int](repeating: (positions + 31) / 32 * 32, count: slots))
        kept = cache
        return cache
    }

    private func check(
        _ prompts: [GenerationPrompt], _ samplesPerPrompt: Int, _ decoding: DecodingParameters
    ) throws(GenerationError) {
        try decoding.validate()
        guard samplesPerPrompt > 0 else {
            throw GenerationError("The number of samples \(samplesPerPrompt) must be at least 1.")
        }
        let context = weights.config.maxPositions
        for prompt in prompts {
            try weights.check(prompt.tokens, "Prompt \(prompt.index)")
            guard prompt.tokens.count + decoding.maxNewTokens <= context else {
                throw GenerationError(
                    "Prompt \(prompt.index) has \(prompt.tokens.count) tokens, which with \(decoding.maxNewTokens) new ones "
                        + "exceed the model's context of \(context); shorten the prompt or ask for fewer new tokens.")
            }
        }
    }
}
