import Digests
import Exposition
import RolloutCore
import RunStore
import Testing

@testable import Nodes

@Suite struct CoordinatorMetricsTests {
    private let registry = MetricRegistry(RunMetrics.all)
    private let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 3)

    private var lines: Set<String> {
        Set(registry.text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") })
    }

    private func result(_ task: TaskID, _ output: TaskOutput) -> AcceptedResult {
        AcceptedResult(
            attempt: Attempt(task: task, attempt: 1), node: "a", inputDigest: .zero, resultDigest: output.digest,
            output: output, computeTime: .milliseconds(1500))
    }

    @Test func whatHappensIsCounted() {
        let metrics = CoordinatorMetrics(registry)
        let attempt = Attempt(task: task, attempt: 1)
        for notice in [
            Notice.leased(attempt, node: "a"), .leased(attempt, node: "b"), .leaseExpired(attempt, node: "a"),
            .accepted(attempt, node: "b", late: false), .accepted(attempt, node: "b", late: true),
            .systemFailure(attempt, node: "c", explanation: "no"), .phase(.finished),
        ] { metrics.note(notice) }
        for (outcome, count) in [
            ("leased", 2), ("expired", 1), ("accepted", 1), ("accepted late", 1), ("system failure", 1),
        ] {
            #expect(
                lines.contains("reprise_attempts_total{kind=\"sample\",outcome=\"\(outcome)\"} \(count)"), "\(outcome)")
        }
        #expect(lines.count == 5)
    }

    @Test func resultsAreCountedWithTheirRewardsAndTimes() {
        let metrics = CoordinatorMetrics(registry)
        let drawn = (UInt32(0)..<3).map { sample in
            Trajectory(
                id: TrajectoryID(prompt: 0, sample: sample), tokens: [1, 2], stop: .stopToken, reasoning: "",
                answer: sample == 0 ? nil : "a", logProbability: -1)
        }
        metrics.note(.accepted(result(task, .sample(drawn))))
        metrics.note(
            .accepted(
                result(
                    task.sibling(.score),
                    .score([
                        Score(id: TrajectoryID(prompt: 0, sample: 1), reward: 0.35),
                        Score(id: TrajectoryID(prompt: 0, sample: 2), reward: nil),
                    ]))))
        metrics.note(.nullResult(task, explanation: "twice"))
        for line in [
            "reprise_tasks_total{kind=\"sample\",outcome=\"done\"} 1",
            "reprise_tasks_total{kind=\"score\",outcome=\"done\"} 1",
            "reprise_tasks_total{kind=\"sample\",outcome=\"null\"} 1",
            "reprise_trajectories_total{split=\"train\",outcome=\"sampled\"} 3",
            "reprise_trajectories_total{split=\"train\",outcome=\"malformed\"} 1",
            "reprise_trajectories_total{split=\"train\",outcome=\"unscored\"} 1", "reprise_sampled_tokens_total 6",
            "reprise_reward_bucket{split=\"train\",le=\"0.3\"} 0",
            "reprise_reward_bucket{split=\"train\",le=\"0.4\"} 1", "reprise_reward_sum{split=\"train\"} 0.35",
            "reprise_task_seconds_sum{kind=\"sample\"} 1.5",
            "reprise_task_seconds_bucket{kind=\"sample\",le=\"2.5\"} 1",
        ] { #expect(lines.contains(line), "\(line)") }
    }

    @Test func whatStandsIsSetAndWhoLeavesIsForgotten() {
        var metrics = CoordinatorMetrics(registry)
        let node = LiveStatus.Node(
            name: "a", role: .sampler, incarnation: Incarnation(rawValue: 1), slots: 4, held: [],
            silence: .milliseconds(250), tokensPerSecond: 12.5)
        var live = LiveStatus(
            phase: .sampling(iteration: 1), term: Term(rawValue: 7), nodes: [node],
            tallies: [LiveStatus.Tally(group: task.group, pending: 5, leased: 2, done: 1, null: 0, quarantined: 0)],
            traffic: LiveStatus.Traffic(sent: 100, received: 10, weightsSent: 60), refused: ["unknown key": 2])
        metrics.note(live)
        for line in [
            "reprise_nodes{role=\"sampler\"} 1", "reprise_slots{role=\"sampler\"} 4", "reprise_term 7",
            "reprise_node_silence_seconds{node=\"a\",role=\"sampler\"} 0.25",
            "reprise_node_tokens_per_second{node=\"a\"} 12.5",
            "reprise_open_tasks{kind=\"sample\",state=\"pending\"} 5",
            "reprise_bytes_total{direction=\"weights\"} 60",
            "reprise_refusals_total{what=\"connection\",reason=\"unknown key\"} 2", "reprise_halted 0",
        ] { #expect(lines.contains(line), "\(line)") }
        live.nodes = []
        live.traffic.sent = 150
        live.refused = ["unknown key": 3]
        live.halted = "it needs a person"
        metrics.note(live)
        #expect(!registry.text.contains("node=\"a\""))
        for line in [
            "reprise_nodes{role=\"sampler\"} 0", "reprise_bytes_total{direction=\"sent\"} 150", "reprise_halted 1",
            "reprise_refusals_total{what=\"connection\",reason=\"unknown key\"} 3",
        ] { #expect(lines.contains(line), "\(line)") }
    }
}
