import Rewards
import RolloutCore

/// Turns (reference, answer) into a reward.
final class ScorerRunner: TaskRunner {
    func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput {
        guard case .score(let work) = lease.work else {
            throw .deterministic("a scorer was leased another kind of task")
        }
        let specification: RewardSpecification
        do {
            specification = try RewardSpecification(work.reward)
        } catch {
            throw .deterministic("\(error)")
        }
        var scores: [Score] = []
        scores.reserveCapacity(work.items.count)
        // A prompt's answers stand together and share its reference, which is prepared once.
        var prepared: (reference: String, reward: PreparedReward)?
        for item in work.items {
            let current: PreparedReward
            if let kept = prepared, kept.reference == item.reference {
                current = kept.reward
            } else {
                current = specification.prepare(reference: item.reference)
                prepared = (item.reference, current)
            }
            scores.append(Score(id: item.id, reward: current.reward(of: item.answer)))
        }
        return .score(scores)
    }
}
