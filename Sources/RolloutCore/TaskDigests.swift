public import Digests

/// What a task's input is made of besides the plan. A task is a pure function: these, the run and the task's name decide
/// its output, and nothing about who runs it or in which attempt does.
public enum TaskSource: Sendable, Equatable {
    /// Digest of the weights sampled from.
    case sample(policy: Digest)
    /// Result digest of the sample task whose answers are judged.
    case score(sampled: Digest)
    /// Digest of the weights training starts from, and of the training set.
    case train(start: Digest, trainingSet: Digest)
    /// Data and configuration decide everything, and the run's digest covers both.
    case rationale
}

extension RunPlan {
    /// Names everything that decides a task's output. The run's digest covers configuration and data.
    public func inputDigest(of task: TaskID, from source: TaskSource) -> Digest {
        var digest = DigestBuilder("reprise.input.v1")
        digest.add(run)
        digest.add(seed)
        digest.add(Int(task.iteration))
        digest.add(Int(task.split.rawValue))
        digest.add(Int(task.kind.rawValue))
        digest.add(Int(task.index))
        let prompts = prompts(of: task)
        digest.add(prompts.lowerBound)
        digest.add(prompts.upperBound)
        digest.add(Int(samples(of: task).lowerBound))
        digest.add(Int(samples(of: task).upperBound))
        switch source {
        case .sample(let policy):
            digest.add(policy)
        case .score(let sampled):
            digest.add(sampled)
        case .train(let start, let trainingSet):
            digest.add(start)
            digest.add(trainingSet)
        case .rationale:
            break
        }
        return digest.finish()
    }
}

extension TaskOutput {
    /// Digest of the output, field by field.
    ///
    /// Of a trained policy it covers the weights and not the delta that carries them: two versions of a compressor may
    /// write the same weights as different bytes.
    public var digest: Digest {
        switch self {
        case .sample(let trajectories):
            var digest = DigestBuilder("reprise.output.sample.v1")
            digest.add(trajectories.count)
            for trajectory in trajectories { trajectory.add(to: &digest) }
            return digest.finish()
        case .score(let scores):
            var digest = DigestBuilder("reprise.output.score.v1")
            digest.add(scores.count)
            for score in scores {
                score.id.add(to: &digest)
                digest.add(score.reward != nil)
                digest.add(score.reward ?? 0)
            }
            return digest.finish()
        case .train(let trained):
            var digest = DigestBuilder("reprise.output.train.v1")
            trained.add(to: &digest)
            return digest.finish()
        case .rationale(let rationales):
            var digest = DigestBuilder("reprise.output.rationale.v1")
            digest.add(rationales.count)
            for rationale in rationales { rationale.add(to: &digest) }
            return digest.finish()
        }
    }
}

extension TrajectoryID {
    fileprivate func add(to digest: inout DigestBuilder) {
        digest.add(Int(prompt))
        digest.add(Int(sample))
    }
}

extension Trajectory {
    fileprivate func add(to digest: inout DigestBuilder) {
        id.add(to: &digest)
        digest.add(tokens)
        digest.add(Int(stop.rawValue))
        digest.add(reasoning)
        digest.add(answer != nil)
        digest.add(answer ?? "")
        if let logProbability { digest.add(logProbability) } else { digest.add("none") }
    }
}

extension Rationale {
    fileprivate func add(to digest: inout DigestBuilder) {
        digest.add(Int(prompt))
        digest.add(text)
        digest.add(Int(origin.rawValue))
        digest.add(Int(leaks))
        digest.add(Int(unusable))
    }
}

extension TrainedPolicy {
    fileprivate func add(to digest: inout DigestBuilder) {
        digest.add(Int(policy.version))
        digest.add(policy.base)
        digest.add(policy.weights)
        digest.add(Int(steps))
        digest.add(Int(examples))
        digest.add(tokens)
        digest.add(firstLoss)
        digest.add(lastLoss)
        digest.add(density)
    }
}
