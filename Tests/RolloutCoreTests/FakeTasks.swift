import Digests
import RolloutCore

/// Tasks as pure functions that cost nothing, with everything a real run shows: duplicates, malformed answers, missing
/// rewards, and inputs that fail the same way everywhere.
enum FakeTasks {
    static let base = Digest.of("base")

    static func plan(
        iterations: UInt32 = 2, fineTunesFirst: Bool = true, startsFromPrevious: Bool = false,
        rule: SelectionRule = SelectionRule(threshold: .quantile(0.5), scope: .group, cap: 2), samples: UInt32 = 3,
        prompts: Int = 8, evaluated: [Split: Int] = [.validation: 3, .test: 2], iterationsPerSampling: UInt32 = 1,
        evaluationSamples: [UInt32] = [1], patience: UInt32? = nil, writesRationales: Bool = false,
        recordedOnly: Set<TaskKind> = []
    ) -> RunPlan {
        var groups: [Split: [String]] = [.train: (0..<prompts).map { $0 % 2 == 0 ? "reviews" : "topics" }]
        for (split, count) in evaluated { groups[split] = Array(repeating: "reviews", count: count) }
        return RunPlan(
            run: Digest.of("run"), seed: 7, iterations: iterations, fineTunesFirst: fineTunesFirst,
            startsFromPrevious: startsFromPrevious, base: base, groups: groups, promptsPerTask: 2,
            samplesPerPrompt: samples, evaluates: evaluated.keys.sorted(), selection: rule,
            iterationsPerSampling: iterationsPerSampling, evaluationSamples: evaluationSamples, patience: patience,
            writesRationales: writesRationales, recordedOnly: recordedOnly)
    }

    enum Answer { case output(TaskOutput), failure(String) }

    static func run(_ lease: Lease, canFail: Bool = true) -> Answer {
        switch lease.work {
        case .sample(let work):
            var chance = SplitMix(seed: key("\(work.policy.weights)\(lease.attempt.task)"))
            if canFail, chance.next() % 7 == 0 {
                return .failure("prompt \(work.prompts.first?.index ?? 0) does not fit")
            }
            return .output(.sample(sample(work)))
        case .score(let work):
            return .output(.score(work.items.map { Score(id: $0.id, reward: reward($0.answer)) }))
        case .train(let work):
            return .output(.train(train(work)))
        case .rationale(let work):
            if canFail, work.items.first?.prompt == 2 { return .failure("prompt 2 does not fit") }
            return .output(.rationale(work.items.map(rationale)))
        }
    }

    private static func sample(_ work: SampleWork) -> [Trajectory] {
        work.prompts.flatMap { prompt in
            (work.firstSample..<work.firstSample + work.samplesPerPrompt).map { sample in
                var random = SplitMix(seed: key("\(work.policy.weights) \(prompt.index) \(sample)"))
                let tokens = (0..<2).map { _ in Int32(random.next() % 3) }
                let isMalformed = tokens == [0, 0]
                return Trajectory(
                    id: TrajectoryID(prompt: prompt.index, sample: sample), tokens: tokens, stop: .stopToken,
                    reasoning: "because",
                    answer: isMalformed ? nil : "\(work.policy.version) \(prompt.index) \(tokens)",
                    logProbability: -1.5)
            }
        }
    }

    private static func reward(_ answer: String) -> Double? {
        var random = SplitMix(seed: key(answer))
        return random.next() % 10 == 0 ? nil : Double(random.next() % 1000) / 1000
    }

    private static func train(_ work: TrainWork) -> TrainedPolicy {
        let bytes = Array("\(work.start.weights) \(work.trainingSet.digest)".utf8)
        let policy = PolicyManifest(
            version: work.iteration, base: base, weights: Digest.of(bytes), delta: BlobManifest(of: bytes))
        return TrainedPolicy(
            policy: policy, steps: 4, examples: 8, tokens: 99, firstLoss: 2, lastLoss: 1, density: 0.5,
            fullByteCount: 1000)
    }

    private static func rationale(_ item: RationaleWork.Item) -> Rationale {
        let origin: Rationale.Origin = item.prompt % 3 == 0 ? .profile : .written
        return Rationale(prompt: item.prompt, text: "- \(item.prompt)", origin: origin, leaks: item.prompt % 2)
    }

    private static func key(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    // MARK: - What the shell adds to a grant

    static func work(for task: TaskID, coordinator: Coordinator, accepted: [TaskID: TaskOutput]) -> TaskWork? {
        let plan = coordinator.plan
        switch task.kind {
        case .sample:
            let policy = coordinator.policies[Int(task.policyVersion)]
            let prompts = plan.prompts(of: task).map { SampleWork.Prompt(index: UInt32($0), tokens: [Int32($0)]) }
            let decoding = Decoding(temperature: 1, topP: 1, topK: 0, maxNewTokens: 4, stopTokens: [0])
            return .sample(
                SampleWork(
                    policy: policy, prompts: prompts, samplesPerPrompt: UInt32(plan.samples(of: task).count),
                    firstSample: plan.samples(of: task).lowerBound, decoding: decoding, seed: plan.seed,
                    answerMarker: "Answer:"))
        case .score:
            guard case .sample(let trajectories)? = accepted[task.sibling(.sample)] else { return nil }
            let items = trajectories.compactMap { trajectory in
                trajectory.answer.map {
                    ScoreWork.Item(id: trajectory.id, input: "", reference: "", answer: $0)
                }
            }
            return .score(ScoreWork(items: items, reward: "rougeL"))
        case .train:
            guard let start = coordinator.trainingStart(of: task.iteration),
                let set = coordinator.trainingSets[task.iteration]
            else { return nil }
            return .train(
                TrainWork(iteration: task.iteration, start: start, trainingSet: set, recipe: "{}", seed: plan.seed))
        case .rationale:
            let items = plan.prompts(of: task).map { prompt in
                RationaleWork.Item(
                    prompt: UInt32(prompt), instruction: "", reference: "", known: "", fallback: nil)
            }
            return .rationale(RationaleWork(items: items, writer: "{}", checkpoint: nil, seed: plan.seed))
        }
    }

    static func trainingSet(_ iteration: UInt32, sealed: [SealedIteration]) -> BlobManifest {
        let kept = iteration == 0 ? "references" : "\(sealed[Int(iteration) - 1].kept)"
        return BlobManifest(of: Array(kept.utf8))
    }
}
