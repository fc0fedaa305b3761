import Digests
import RolloutCore

@testable import RunStore

/// A finished run small enough to reckon by hand: two training prompts of different tasks with two samples each, three
/// validation prompts, one iteration.
struct SmallRun {
    static let groups = ["topic_writing", "product_review"]

    static let plan = RunPlan(
        run: Digest.of("run"), seed: 1, iterations: 1, fineTunesFirst: true, startsFromPrevious: false,
        base: Digest.of("base"), groups: [.train: groups, .validation: groups + ["topic_writing"]], promptsPerTask: 2,
        samplesPerPrompt: 3, evaluates: [.validation],
        selection: SelectionRule(threshold: .absolute(0.5), scope: .all, cap: 1))

    static let info = RunInfo(
        digest: plan.run, name: "small", mode: "rest-pg", reward: "rougeL", configuration: "mode: rest-pg\n",
        baseArchive: Digest.of("archive"))

    static var prompts: [PromptRow] {
        [(Split.train, groups), (.validation, groups + ["topic_writing"])].flatMap { split, groups in
            groups.enumerated().map { index, group in
                PromptRow(
                    split: split, index: UInt32(index), task: group, user: "user \(index)", example: "row \(index)",
                    input: "write \(index)", text: "prompt \(index)", reference: "reference \(index)", documents: "[]",
                    profile: #"[{"text":"earlier"}]"#, rationale: split == .train ? "- brief" : nil)
            }
        }
    }

    static func trajectory(_ prompt: UInt32, _ sample: UInt32, _ tokens: [Int32], _ answer: String?) -> Trajectory {
        Trajectory(
            id: TrajectoryID(prompt: prompt, sample: sample), tokens: tokens, stop: .stopToken,
            reasoning: "because \(prompt).\(sample)", answer: answer, logProbability: -1)
    }

    static func accepted(_ task: TaskID, _ output: TaskOutput, node: String, attempt: UInt32 = 1) -> Record {
        .accepted(
            AcceptedResult(
                attempt: Attempt(task: task, attempt: attempt), node: node, inputDigest: Digest.of("in"),
                resultDigest: output.digest, output: output, computeTime: .milliseconds(1500)))
    }

    static func policy(_ version: UInt32) -> PolicyManifest {
        let delta = BlobManifest(digest: Digest.of("delta \(version)"), byteCount: 100, chunks: [Digest.of("chunk")])
        return PolicyManifest(version: version, base: plan.base, weights: Digest.of("weights \(version)"), delta: delta)
    }

    static func training(_ iteration: UInt32, node: String) -> [Record] {
        let trained = TrainedPolicy(
            policy: policy(iteration), steps: 10, examples: 2, tokens: 30, firstLoss: 3, lastLoss: 2, density: 0.5,
            fullByteCount: 1000)
        let set = BlobManifest(digest: Digest.of("set \(iteration)"), byteCount: 1, chunks: [Digest.of("set")])
        return [
            .trainingSetStored(iteration: iteration, set), accepted(.train(iteration), .train(trained), node: node),
            .policyCommitted(trained.policy),
        ]
    }

    /// Validation of one policy: prompt 0 and 1 in the first task, prompt 2 in the second.
    static func evaluation(_ policy: UInt32, rewards: [Double?], node: String) -> [Record] {
        let first = TaskID(iteration: policy, split: .validation, kind: .sample, index: 0)
        let second = TaskID(iteration: policy, split: .validation, kind: .sample, index: 1)
        return [
            accepted(first, .sample([trajectory(0, 0, [1], "a"), trajectory(1, 0, [2], nil)]), node: node),
            accepted(
                first.sibling(.score), .score([Score(id: TrajectoryID(prompt: 0, sample: 0), reward: rewards[0])]),
                node: node),
            accepted(second, .sample([trajectory(2, 0, [3], "c")]), node: node),
            accepted(
                second.sibling(.score), .score([Score(id: TrajectoryID(prompt: 2, sample: 0), reward: rewards[1])]),
                node: node),
        ]
    }

    /// The E-step: one kept, one over the cap, one duplicate; one malformed, one below the threshold, one unscored.
    static func expectation(node: String, attempt: UInt32 = 1) -> [Record] {
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        let drawn = [
            trajectory(0, 0, [10], "good"), trajectory(0, 1, [11], "better"), trajectory(0, 2, [10], "good"),
            trajectory(1, 0, [12], nil), trajectory(1, 1, [13], "bad"), trajectory(1, 2, [14], "odd"),
        ]
        let rewards: [Double?] = [0.6, 0.9, 0.6, 0.2, nil]
        let scores = zip(drawn.filter { $0.answer != nil }, rewards).map { Score(id: $0.0.id, reward: $0.1) }
        return [
            accepted(task, .sample(drawn), node: node, attempt: attempt),
            accepted(task.sibling(.score), .score(scores), node: node),
        ]
    }

    static var sealed: SealedIteration {
        var counts = SelectionCounts()
        counts.sampled = 6
        counts.kept = 1
        counts.overCap = 1
        counts.duplicate = 1
        counts.malformed = 1
        counts.belowThreshold = 1
        counts.unscored = 1
        counts.starvedPrompts = 1
        return SealedIteration(
            iteration: 1, root: Digest.of("root"), thresholds: [SealedIteration.Threshold(group: "all", value: 0.5)],
            kept: [SealedIteration.Kept(id: TrajectoryID(prompt: 0, sample: 1), reward: 0.9)], counts: counts)
    }

    static var outcome: Outcome {
        Outcome(
            bestPolicy: 1,
            evaluations: [
                Evaluation(policy: 0, split: .validation, meanReward: 0.2, count: 3, malformed: 1, unscored: 0),
                Evaluation(policy: 1, split: .validation, meanReward: 0.4, count: 2, malformed: 1, unscored: 1),
            ])
    }

    static func records(node: String = "sampler-1", attempt: UInt32 = 1) -> [Record] {
        [.termStarted(Term(rawValue: 1))] + training(0, node: node)
            + evaluation(0, rewards: [0.2, 0.4], node: node) + expectation(node: node, attempt: attempt)
            + [.sealed(sealed)] + training(1, node: node) + evaluation(1, rewards: [0.8, nil], node: node)
            + [.finished(outcome)]
    }

    static func begin(_ journal: Journal) throws {
        try journal.begin(info, plan: plan, prompts: prompts)
    }
}
