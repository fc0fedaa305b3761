import Digests
import Foundation
import RolloutCore
import Synchronization

@testable import RunStore

/// A run under way, whose data and model wrote what no page should obey. It disappears with its last reference.
final class HostileRun: Sendable {
    static let attack = #"</p><script>alert("x")</script><img src=x onerror='alert(1)'>&amp;"#

    let directory: RunDirectory
    let journal: Journal
    private let folder: String

    init(clock: @escaping @Sendable () -> Double = { 1000 }) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "dashboard-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        directory = try RunDirectory.create(folder + "/run", configuration: "mode: sft\n")
        journal = try Journal(holding: try directory.lock(), clock: clock)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static let plan = RunPlan(
        run: Digest.of("run"), seed: 1, iterations: 1, fineTunesFirst: true, startsFromPrevious: false,
        base: Digest.of("base"), groups: [.train: ["topic_writing", attack]], promptsPerTask: 2, samplesPerPrompt: 30,
        evaluates: [], selection: SelectionRule(threshold: .absolute(0.5), scope: .all, cap: 1))

    /// Two prompts with thirty samples each; the first sample of the second has no answer.
    func begin() throws {
        try journal.begin(
            RunInfo(
                digest: Self.plan.run, name: Self.attack, mode: "rest-pg", reward: "rougeL",
                configuration: "mode: rest-pg\n", baseArchive: Digest.of("archive")),
            plan: Self.plan, prompts: (UInt32(0)..<2).map(Self.prompt))
        try journal.append(.termStarted(Term(rawValue: 1)), durable: false)
        let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
        let drawn = (UInt32(0)..<2).flatMap { prompt in
            (UInt32(0)..<30).map { sample in
                Trajectory(
                    id: TrajectoryID(prompt: prompt, sample: sample), tokens: [Int32(prompt), Int32(sample)],
                    stop: .stopToken, reasoning: "because \(Self.attack)",
                    answer: prompt == 1 && sample == 0 ? nil : "answer \(prompt).\(sample) \(Self.attack)",
                    logProbability: -1.5)
            }
        }
        let scores = drawn.filter { $0.answer != nil }.map { Score(id: $0.id, reward: Double($0.id.sample) / 100) }
        try journal.append(
            [accepted(task, .sample(drawn)), accepted(task.sibling(.score), .score(scores))], durable: true)
    }

    /// What the coordinator writes every second.
    func tick(_ change: (inout LiveStatus) -> Void = { _ in }) throws {
        let (earlier, attempt) = (Attempt(task: .train(1), attempt: 2), Attempt(task: .train(1), attempt: 3))
        var counters = Counters()
        counters.infrastructure.expired = 7
        var live = LiveStatus(
            phase: .training(iteration: 1), term: Term(rawValue: 1),
            nodes: [
                LiveStatus.Node(
                    name: Self.attack, role: .learner, incarnation: Incarnation(rawValue: 1), slots: 1, held: [attempt],
                    silence: .milliseconds(500), tasksDone: 4, tokensPerSecond: 99)
            ],
            tallies: [], counters: counters,
            training: TrainProgress(attempt: attempt, step: 4, steps: 10, loss: 2.5, tokensPerSecond: 900),
            refused: [:])
        change(&live)
        try journal.note([
            .leased(earlier, node: Self.attack), .systemFailure(earlier, node: "b", explanation: Self.attack),
            .leased(attempt, node: Self.attack),
        ])
        if let training = live.training { try journal.note([.trainProgress(training)]) }
        try journal.updateLive(live)
    }

    private static func prompt(_ index: UInt32) -> PromptRow {
        PromptRow(
            split: .train, index: index, task: index == 0 ? "topic_writing" : attack, user: "user \(attack)",
            example: "row \(index)", input: "write \(attack)", text: "prompt \(attack)",
            reference: "reference \(attack)",
            documents: "[]", profile: #"[{"title":"<b>bold</b>","rating":4}]"#, rationale: attack)
    }

    private func accepted(_ task: TaskID, _ output: TaskOutput) -> Record {
        .accepted(
            AcceptedResult(
                attempt: Attempt(task: task, attempt: 1), node: "sampler-1", inputDigest: Digest.of("in"),
                resultDigest: output.digest, output: output, computeTime: .milliseconds(1500)))
    }
}
