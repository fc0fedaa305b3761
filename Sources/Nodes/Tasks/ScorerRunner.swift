import Rewards
import RolloutCore
import Synchronization

/// Turns answers into rewards, with the source the scorer was started for, or with the metrics a task names.
///
/// An answer whose judging fails costs the task its attempt, and the failure names the first such answer. Only the attempt
/// that settles the task (`Lease.settles`) records those that fail again as having no reward, and keeps the others.
final class ScorerRunner: TaskRunner {
    private let rewards: ScorerRewards
    /// Sources keep what they started between tasks; one per slot at most.
    private let idle = Mutex<[any RewardSource]>([])

    init(_ rewards: ScorerRewards = .builtIn(wordNet: nil)) {
        self.rewards = rewards
    }

    func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput {
        guard case .score(let work) = lease.work else {
            throw .deterministic("a scorer was leased another kind of task")
        }
        let requests = work.items.map { item in
            RewardRequest(
                id: item.id.text, input: item.input, reference: item.reference, answer: item.answer,
                reasoning: item.reasoning, isFinished: item.isFinished)
        }
        let source = try source(for: work)
        defer { if case .told = rewards { idle.withLock { $0.append(source) } } }
        var outcomes = try ask(source, requests)
        if lease.settles { try settle(&outcomes, requests, source) }
        var scores: [Score] = []
        var failures: [String] = []
        for (item, outcome) in zip(work.items, outcomes) {
            var reward: Double?
            switch outcome {
            case .value(let value): reward = value
            case .undefined: break
            case .failed(let reason), .timedOut(let reason): failures.append(reason)
            }
            scores.append(Score(id: item.id, reward: reward))
        }
        if let first = failures.first, !lease.settles {
            throw .deterministic(
                first + (failures.count > 1 ? " (and \(failures.count - 1) more answers of the task)" : ""))
        }
        return .score(scores)
    }

    private func source(for work: ScoreWork) throws(TaskError) -> any RewardSource {
        if case .told(work.reward, _) = rewards, let kept = idle.withLock({ $0.popLast() }) { return kept }
        return try rewards.source(of: work.reward)
    }

    private func ask(_ source: any RewardSource, _ requests: [RewardRequest]) throws(TaskError) -> [RewardOutcome] {
        let outcomes: [RewardOutcome]
        do throws(RewardUnavailable) {
            outcomes = try source.rewards(for: requests)
        } catch {
            throw .system(error.description)
        }
        guard outcomes.count == requests.count else {
            throw .deterministic("the reward gave \(outcomes.count) outcomes for \(requests.count) answers")
        }
        return outcomes.map { outcome in
            if case .value(let value) = outcome, !value.isFinite { return .failed("the reward is \(value)") }
            return outcome
        }
    }

    /// Answers that failed among others are asked for alone, so that one that brings the source down takes none with it.
    /// When three in a row are too slow alone it is the source and not the answers, and the rest stay failed.
    private func settle(
        _ outcomes: inout [RewardOutcome], _ requests: [RewardRequest], _ source: any RewardSource
    ) throws(TaskError) {
        var slowInARow = 0
        for index in outcomes.indices {
            switch outcomes[index] {
            case .value, .undefined: continue
            case .failed, .timedOut: break
            }
            guard slowInARow < 3, requests.count > 1 else { continue }
            outcomes[index] = try ask(source, [requests[index]]).first ?? outcomes[index]
            if case .timedOut = outcomes[index] { slowInARow += 1 } else { slowInARow = 0 }
        }
    }
}

extension TrajectoryID {
    /// `prompt/sample`.
    var text: String { "\(prompt)/\(sample)" }
}
