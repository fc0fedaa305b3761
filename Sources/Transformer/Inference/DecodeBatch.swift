import Numerics

/// The live samples of a `Generator` call: who is in the batch, and one decoding step for all of them.
///
/// Rows stay in (prompt, sample) order, so that the samples of one prompt are neighbours and share the reading of its
/// keys and values. The arrays given to kernels are kept in step with `rows` and never reallocated.
struct DecodeBatch {
    /// One live sample.
    private struct Row {
        /// Place in `results`.
        var result: Int
        var random: CounterRandom
        var prefixSlot: Int32
        var suffixSlot: Int32
    }

    private let weights: PolicyWeights
    private let forward: LayerForward
    private let rule: Decoding
    private let decoding: DecodingParameters
    private let seed: UInt64
    private let prompts: [GenerationPrompt]
    private let samplesPerPrompt: Int
    private let prefix: KeyValueCache
    private let suffix: KeyValueCache
    private let rowCapacity: Int

    private var nextPrompt = 0
    private var freePrefixSlots: [Int32]
    private var freeSuffixSlots: [Int32]
    /// Live samples of each prefix slot.
    private var prefixUsers: [Int]
    private var rows: [Row] = []
    /// What the sampled rows' kernels read, one entry a row.
    private var lastTokens: [Int32] = []
    private var positions: [Int32] = []
    private var prefixSlots: [Int32] = []
    private var prefixCounts: [Int32] = []
    private var suffixSlots: [Int32] = []
    private var suffixPositions: [Int32] = []
    private var suffixCounts: [Int32] = []
    private var promptPositions: [Int32] = []

    private(set) var results: [GeneratedSequence]
    private(set) var progress: GenerationProgress

    init(
        weights: PolicyWeights, decoding: DecodingParameters, seed: UInt64, prompts: [GenerationPrompt],
        samplesPerPrompt: Int, prefix: KeyValueCache, suffix: KeyValueCache
    ) {
        self.weights = weights
        self.decoding = decoding
        self.seed = seed
        self.prompts = prompts
        self.samplesPerPrompt = samplesPerPrompt
        self.prefix = prefix
        self.suffix = suffix
        forward = LayerForward(weights: weights)
        rule = Decoding(
            temperature: decoding.temperature, topK: decoding.topK > 0 ? decoding.topK : nil,
            topP: Double(decoding.topP))
        rowCapacity = suffix.capacities.count
        freePrefixSlots = (0..<Int32(prefix.capacities.count)).reversed()
        freeSuffixSlots = (0..<Int32(suffix.capacities.count)).reversed()
        prefixUsers = [Int](repeating: 0, count: prefix.capacities.count)
        progress = GenerationProgress(finished: 0, total: prompts.count * samplesPerPrompt, tokens: 0)
        results = prompts.flatMap { prompt in
            (0..<UInt32(samplesPerPrompt)).map { sample in
                GeneratedSequence(
                    prompt: prompt.index, sample: sample, tokens: [], logProbabilities: [], stopLogProbability: nil,
                    stop: .length)
            }
        }
    }

    var hasLiveRows: Bool { !rows.isEmpty }

    /// Runs the next prompts while there is room for all their samples, and draws each sample's first token.
    /// - Returns: whether any prompt entered.
    mutating func admit(_ work: InferenceWorkspace) -> Bool {
        var entered = false
        while nextPrompt < prompts.count, rows.count + samplesPerPrompt <= max(rowCapacity, samplesPerPrompt),
            let slot = freePrefixSlots.popLast()
        {
            enter(nextPrompt, slot, work)
            nextPrompt += 1
            entered = true
        }
        return entered
    }

    private mutating func enter(_ index: Int, _ slot: Int32, _ work: InferenceWorkspace) {
        let prompt = prompts[index]
        let count = prompt.tokens.count
        while promptPositions.count < count { promptPositions.append(Int32(promptPositions.count)) }
        Prefill(weights: weights).run(
            prompt.tokens, positions: promptPositions, work: work, firstRow: count - 1, cache: prefix, slot: Int(slot))
        let logits = forward.logits(count - 1..<count, work).row(0)
        let normaliser = Logits.logSumExp(logits)
        for sample in 0..<samplesPerPrompt {
            let stream = UInt64(prompt.index) << 32 | UInt64(sample)
            let result = index * samplesPerPrompt + sample
            let random = CounterRandom(key: seed, stream: stream)
            guard draw(logits, normaliser, random, result), let suffixSlot = freeSuffixSlots.popLast() else { continue }
            rows.append(Row(result: result, random: random, prefixSlot: slot, suffixSlot: suffixSlot))
            prefixUsers[Int(slot)] += 1
            lastTokens.append(results[result].tokens[0])
            positions.append(Int32(count))
            prefixSlots.append(slot)
            prefixCounts.append(Int32(count))
            suffixSlots.append(suffixSlot)
            suffixPositions.append(0)
            suffixCounts.append(1)
        }
        if prefixUsers[Int(slot)] == 0 { freePrefixSlots.append(slot) }
    }

    /// Draws one token of a sample.
    /// - Returns: whether the sample goes on.
    private mutating func draw(_ logits: Vector, _ normaliser: Float, _ random: CounterRandom, _ result: Int) -> Bool {
        let drawn = results[result].tokens.count
        let token = Logits.sample(logits, rule, uniform: random.uniform(at: UInt64(drawn)))
        let logProbability = logits[Int(token)] - normaliser
        progress.tokens += 1
        if decoding.stopTokens.contains(token) {
            results[result].stop = .stopToken
            results[result].stopLogProbability = logProbability
            progress.finished += 1
            return false
        }
        results[result].tokens.append(token)
        results[result].logProbabilities.append(logProbability)
        let goesOn = drawn + 1 < decoding.maxNewTokens
        if !goesOn { progress.finished += 1 }
        return goesOn
    }

    /// One token for every live row; rows that stop leave.
    mutating func step(_ work: InferenceWorkspace) {
        let count = rows.count
        guard count > 0 else { return }
        Rows.gather(weights.embedding, lastTokens, into: work.stream.rows(0..<count))
        for layer in weights.layers.indices {
            forward.beforeAttention(layer, count, work, positions: positions)
            let (queries, keys, values) = weights.geometry.split(work.queryKeyValue.rows(0..<count))
            suffix.store(layer: layer, slots: suffixSlots, positions: suffixPositions, keys: keys, values: values)
            weights.geometry.attention.decode(
                queries: queries, layer: layer, prefix: prefix, prefixSlots: prefixSlots, prefixCounts: prefixCounts,
                suffix: suffix, suffixSlots: suffixSlots, suffixCounts: suffixCounts,
                into: work.attended.rows(0..<count))
            forward.afterAttention(layer, 0..<count, work)
        }
        let logits = forward.logits(0..<count, work)
        var kept = 0
        for row in 0..<count {
            let rowLogits = logits.row(row)
            if draw(rowLogits, Logits.logSumExp(rowLogits), rows[row].random, rows[row].result) {
                keep(row, at: kept)
                kept += 1
            } else {
                leave(row)
            }
        }
        truncate(kept)
    }

    /// Moves a row to its place after those before it have left, ready for its next token.
    private mutating func keep(_ row: Int, at place: Int) {
        rows[place] = rows[row]
        lastTokens[place] = results[rows[row].result].tokens.last ?? 0
        positions[place] = positions[row] + 1
        prefixSlots[place] = prefixSlots[row]
        prefixCounts[place] = prefixCounts[row]
        suffixSlots[place] = suffixSlots[row]
        suffixPositions[place] = suffixPositions[row] + 1
        suffixCounts[place] = suffixCounts[row] + 1
    }

    private mutating func leave(_ row: Int) {
        freeSuffixSlots.append(rows[row].suffixSlot)
        let slot = rows[row].prefixSlot
        prefixUsers[Int(slot)] -= 1
        if prefixUsers[Int(slot)] == 0 { freePrefixSlots.append(slot) }
    }

    private mutating func truncate(_ count: Int) {
        let excess = rows.count - count
        guard excess > 0 else { return }
        rows.removeLast(excess)
        lastTokens.removeLast(excess)
        positions.removeLast(excess)
        prefixSlots.removeLast(excess)
        prefixCounts.removeLast(excess)
        suffixSlots.removeLast(excess)
        suffixPositions.removeLast(excess)
        suffixCounts.removeLast(excess)
    }
}
