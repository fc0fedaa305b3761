import Digests

// How journal records become state, in a live run and in recovery alike.
extension Coordinator {
    mutating func apply(_ record: Record) {
        switch record {
        case .termStarted:
            break
        case .accepted(let result):
            applyAccepted(result)
        case .nullResult(let task, _):
            applyNull(task)
        case .sealed(let iteration):
            if iteration.iteration == 1 {
                firstMeans = FirstMeans(
                    judgements.trajectories(iteration: 1, split: .train), rule: plan.selection,
                    groups: plan.groups[.train] ?? [])
            }
            schedule.sealed(iteration)
            // Later iterations may select from the same trajectories.
            let source = plan.sampling(for: iteration.iteration)
            if iteration.iteration == plan.iterations || plan.sampling(for: iteration.iteration + 1) != source {
                judgements.close(iteration: source, split: .train)
            }
        case .rationalesSealed(let rationales):
            schedule.sealed(rationales)
        case .trainingSetStored(let iteration, let manifest):
            schedule.stored(manifest, iteration: iteration)
        case .policyCommitted(let policy):
            schedule.committed(policy)
        case .finished(let outcome):
            schedule.finished(outcome)
        }
    }

    private mutating func applyAccepted(_ result: AcceptedResult) {
        let task = result.attempt.task
        tasks.settle(task, .done(result.resultDigest))
        switch result.output {
        case .sample(let trajectories):
            judgements.sampled(trajectories, by: task)
            counters.data.malformed += trajectories.count { $0.answer == nil }
        case .score(let scores):
            judgements.scored(scores, by: task)
            judged(by: task)
        case .train(let trained):
            schedule.accepted(trained)
        case .rationale(let rationales):
            for rationale in rationales { rationaleCounts.add(rationale) }
        }
    }

    /// A sample task without a result leaves its score task nothing to judge: both end.
    private mutating func applyNull(_ task: TaskID) {
        tasks.settle(task, .null)
        counters.data.nullResults += 1
        switch task.kind {
        case .sample:
            judgements.unsampled(trajectories(of: task), by: task)
            tasks.settle(task.sibling(.score), .null)
        case .score:
            judgements.unscored(by: task)
        case .rationale:
            rationaleCounts.failed += UInt32(plan.prompts(of: task).count)
            return
        case .train:
            return
        }
        judged(by: task)
    }

    /// Everything about a task's trajectories is known now; with the last task of an evaluation, so is its mean.
    private mutating func judged(by task: TaskID) {
        counters.data.unscored += judgements.trajectories(of: task).count { $0.reward == .unscored }
        guard task.split != .train, isJudged(iteration: task.iteration, split: task.split) else { return }
        let trajectories = judgements.trajectories(iteration: task.iteration, split: task.split)
        for decoding in plan.evaluationSamples.indices {
            let samples = plan.evaluationSamples(of: decoding)
            schedule.evaluated(
                Evaluation(
                    policy: task.iteration, split: task.split, decoding: decoding,
                    trajectories: trajectories.lazy.filter { samples.contains($0.id.sample) }))
        }
        judgements.close(iteration: task.iteration, split: task.split)
    }

    /// Whether every sample and score task of a step has a recorded end.
    func isJudged(iteration: UInt32, split: Split) -> Bool {
        [TaskKind.sample, .score].allSatisfy { kind in
            let group = TaskGroup(iteration: iteration, split: split, kind: kind)
            return tasks.settledCount(group) == plan.taskCount(group)
        }
    }

    /// Names of the trajectories a sample task draws, in order.
    func trajectories(of task: TaskID) -> [TrajectoryID] {
        plan.prompts(of: task).flatMap { prompt in
            plan.samples(of: task).map { TrajectoryID(prompt: UInt32(prompt), sample: $0) }
        }
    }

    /// The input of a task that exists; `nil` while something it is made of does not.
    func inputDigest(of task: TaskID) -> Digest? {
        switch task.kind {
        case .sample:
            let isLatest = mutations.has(.evaluatesLatestPolicy) && task.split != .train
            guard let policy = isLatest ? schedule.policies.last : schedule.policy(task.policyVersion) else {
                return nil
            }
            return plan.inputDigest(of: task, from: .sample(policy: policy.weights))
        case .score:
            guard case .done(let sampled)? = tasks[task.sibling(.sample)]?.state else { return nil }
            return plan.inputDigest(of: task, from: .score(sampled: sampled))
        case .train:
            guard let start = schedule.start(of: task.iteration), let set = schedule.trainingSets[task.iteration] else {
                return nil
            }
            return plan.inputDigest(of: task, from: .train(start: start.weights, trainingSet: set.digest))
        case .rationale:
            return plan.inputDigest(of: task, from: .rationale)
        }
    }

    /// What is wrong with an output, in a few words: its shape has to be the plan's.
    func defect(of output: TaskOutput, for task: TaskID) -> String? {
        switch (output, task.kind) {
        case (.sample(let trajectories), .sample):
            return trajectories.map(\.id) == self.trajectories(of: task) ? nil : "trajectories are not the task's"
        case (.score(let scores), .score):
            return scores.map(\.id) == judgements.awaited(by: task) ? nil : "scores are not those of the task's answers"
        case (.train(let trained), .train):
            if trained.policy.version != task.iteration { return "policy has another version" }
            return trained.policy.base == plan.base ? nil : "policy has another base"
        case (.rationale(let rationales), .rationale):
            let prompts = plan.prompts(of: task).map { UInt32($0) }
            return rationales.map(\.prompt) == prompts ? nil : "rationales are not those of the task's prompts"
        default:
            return "output is of another kind"
        }
    }

    /// Digest over every result of the E-step that an iteration selects from, in task order.
    func root(of iteration: UInt32) -> Digest { root("reprise.sealed.v1", of: iteration, kinds: [.sample, .score]) }

    /// Digest over every result of the kinds on the training split that an iteration makes use of, in task order.
    func root(_ domain: String, of iteration: UInt32, kinds: [TaskKind]) -> Digest {
        var digest = DigestBuilder(domain)
        digest.add(Int(iteration))
        for kind in kinds {
            let group = TaskGroup(iteration: plan.sampling(for: iteration), split: .train, kind: kind)
            for index in 0..<plan.taskCount(group) {
                if case .done(let result)? = tasks[group.task(index)]?.state {
                    digest.add(result)
                } else {
                    digest.add("null")
                }
            }
        }
        return digest.finish()
    }

    /// What an iteration keeps of its E-step, whose tasks have all ended.
    func seal(_ iteration: UInt32) -> SealedIteration {
        let trajectories = judgements.trajectories(iteration: plan.sampling(for: iteration), split: .train)
        let groups = plan.groups[.train] ?? []
        let rule = plan.selection.rule(for: iteration)
        let first = firstMeans ?? FirstMeans(trajectories, rule: plan.selection, groups: groups)
        let selection = Selection(trajectories, rule: rule, groups: groups, first: first)
        return SealedIteration(
            iteration: iteration, root: root(of: iteration), thresholds: selection.thresholds, kept: selection.kept,
            counts: selection.counts)
    }
}
