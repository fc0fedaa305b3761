public import Configuration
public import Logging
import Numerics
import Personalization
import Rewards
import RolloutCore
import Synchronization
import Tokenization
import Transformer

/// Draws and judges a policy's outputs on one split, outside of any run, on threads of this process.
///
/// What is drawn is decided by the configuration's seed, the policy's version, the split, the decoding's place, the prompt and
/// the sample: threads change nothing, and a run's own policy writes what it wrote in the run.
public struct PolicyEvaluator: Sendable {
    /// One output.
    public struct Output: Sendable, Equatable {
        /// Text before the answer marker; empty in modes that do not reason.
        public var reasoning: String
        /// The answer; nil for a malformed output.
        public var answer: String?
        /// Whether the model ended the text itself.
        public var isFinished: Bool
        /// Tokens drawn.
        public var tokenCount: Int
        /// Its reward: 0 when malformed, nil where it could not be judged.
        public var reward: Double?
    }

    private let configuration: RunConfiguration
    private let rewards: ScorerRewards
    private let logger: Logger

    /// - Throws: `RewardUnavailable` for a reward that only nodes of the user's own compute.
    public init(_ configuration: RunConfiguration, logger: Logger) throws {
        self.configuration = configuration
        rewards = try ScorerRewards(configuration.reward, logger: logger)
        self.logger = logger
    }

    /// A policy's outputs, by prompt and sample.
    ///
    /// - Parameters:
    ///   - version: of the policy in its run; 0 for a policy that is of none.
    ///   - decoding: index among the configuration's decodings.
    ///   - progress: told, from any thread, how many more outputs and tokens are drawn.
    /// - Throws: one sentence: a prompt that does not fit, or a reward that cannot be computed here.
    public func outputs(
        of policy: BaseModel, version: UInt32, on split: PreparedSplit, decoding index: Int, threads: Int,
        progress: @escaping @Sendable (_ outputs: Int, _ tokens: Int) -> Void = { _, _ in }
    ) throws -> [[Output]] {
        let decoding = configuration.evaluation.decodings[index]
        let parameters = DecodingParameters(
            temperature: Float(decoding.temperature), topP: Float(decoding.topP),
            maxNewTokens: configuration.evaluation.maxNewTokens, stopTokens: policy.stopTokens)
        let seed = SamplingSeed.of(
            run: configuration.run.seed, TaskID(iteration: version, split: split.split, kind: .sample, index: 0),
            decoding: index)
        let weights = try PolicyWeights(checkpoint: policy.checkpoint)
        let shares = Self.shares(of: split.prompts.count, samples: decoding.samples)
        let drawn = Mutex([Result<[GeneratedSequence], GenerationError>?](repeating: nil, count: shares.count))
        parallel(slots: threads, count: shares.count) { share in
            var seen = (outputs: 0, tokens: 0)
            let result = Result { () throws(GenerationError) in
                try Generator(weights: weights).generate(
                    shares[share].map { GenerationPrompt(index: UInt32($0), tokens: split.prompts[$0].tokens) },
                    samplesPerPrompt: decoding.samples, decoding: parameters, seed: seed
                ) { now in
                    progress(now.finished - seen.outputs, now.tokens - seen.tokens)
                    seen = (now.finished, now.tokens)
                    return true
                }
            }
            drawn.withLock { $0[share] = result }
        }
        let sequences = try drawn.withLock { try $0.compactMap { try $0?.get() } }.joined()
        let marker = split.template.reasons ? split.template.answerMarker : ""
        var outputs = sequences.map { sequence in
            let parsed = TrajectoryParser.parse(policy.tokenizer.decode(sequence.tokens), marker: marker)
            return Output(
                reasoning: parsed.reasoning, answer: parsed.answer, isFinished: sequence.stop == .stopToken,
                tokenCount: sequence.tokens.count, reward: parsed.answer == nil ? 0 : nil)
        }
        try judge(&outputs, split, samples: decoding.samples)
        return stride(from: 0, to: outputs.count, by: decoding.samples).map {
            Array(outputs[$0..<$0 + decoding.samples])
        }
    }

    /// Prompts that are drawn together: enough that a batch stays full, few enough that all threads have some.
    private static func shares(of prompts: Int, samples: Int) -> [Range<Int>] {
        let size = max(4, 64 / samples)
        return stride(from: 0, to: prompts, by: size).map { $0..<min(prompts, $0 + size) }
    }

    /// Answers whose judging fails are asked for once more, alone, and then have no reward.
    private func judge(_ outputs: inout [Output], _ split: PreparedSplit, samples: Int) throws {
        let source = try rewards.source(of: rewards.name.isEmpty ? configuration.reward.name : rewards.name)
        let places = outputs.indices.filter { outputs[$0].answer != nil }
        let requests = places.map { place in
            let example = split.prompts[place / samples].example
            return RewardRequest(
                id: "\(place / samples)/\(place % samples)", input: example.input, reference: example.output,
                answer: outputs[place].answer ?? "", reasoning: outputs[place].reasoning,
                isFinished: outputs[place].isFinished)
        }
        for start in stride(from: 0, to: requests.count, by: 64) {
            let part = Array(requests[start..<min(start + 64, requests.count)])
            for (offset, outcome) in try source.rewards(for: part).enumerated() {
                outputs[places[start + offset]].reward = try value(outcome, part[offset], source)
            }
        }
    }

    private func value(
        _ outcome: RewardOutcome, _ request: RewardRequest, _ source: any RewardSource
    ) throws -> Double? {
        switch outcome {
        case .value(let value) where value.isFinite: return value
        case .undefined: return nil
        case .value, .failed, .timedOut: break
        }
        if case .value(let value)? = try source.rewards(for: [request]).first, value.isFinite { return value }
        logger.warning("the answer \(request.id) has no reward: \(outcome)")
        return nil
    }
}
