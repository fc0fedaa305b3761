import Digests
import RolloutCore

/// What the coordinator's shell adds to grants and writes into training sets, as `Nodes.Workbook` does: trajectories are
/// kept until they are scored and, in an E-step, until its training set is written.
struct ToyWorkbook {
    let plan: RunPlan
    /// Normally 0: something that must not enter a task's input.
    var impurity: UInt64 = 0
    private var trajectories: [TaskID: [Trajectory]] = [:]
    private var rationales: [TaskID: [Rationale]] = [:]

    init(plan: RunPlan) { self.plan = plan }

    /// Everything a journal holds, also what a running coordinator has no more use for.
    init(plan: RunPlan, recalling records: [Record]) {
        self.plan = plan
        for case .accepted(let result) in records {
            switch result.output {
            case .sample(let old): trajectories[result.attempt.task] = old
            case .rationale(let old): rationales[result.attempt.task] = old
            case .score, .train: break
            }
        }
    }

    mutating func note(_ record: Record) {
        switch record {
        case .accepted(let result):
            let task = result.attempt.task
            switch result.output {
            case .sample(let new): trajectories[task] = new
            case .score where task.split != .train: trajectories[task.sibling(.sample)] = nil
            case .rationale(let new): rationales[task] = new
            case .score, .train: break
            }
        case .trainingSetStored(let iteration, _):
            let needed = plan.sampling(for: iteration + 1)
            trajectories = trajectories.filter { $0.key.split != .train || $0.key.iteration >= needed }
        default: break
        }
    }

    func work(for task: TaskID, in coordinator: Coordinator) -> TaskWork? {
        switch task.kind {
        case .sample:
            let version = Int(task.policyVersion)
            guard coordinator.policies.indices.contains(version) else { return nil }
            let samples = plan.samples(of: task)
            let decoding = Decoding(temperature: 1, topP: 1, topK: 0, maxNewTokens: 4, stopTokens: [0])
            return .sample(
                SampleWork(
                    policy: coordinator.policies[version],
                    prompts: plan.prompts(of: task).map { SampleWork.Prompt(index: UInt32($0), tokens: [Int32($0)]) },
                    samplesPerPrompt: UInt32(samples.count), firstSample: samples.lowerBound, decoding: decoding,
                    seed: seed(of: task), answerMarker: "Answer:"))
        case .score:
            guard let sampled = trajectories[task.sibling(.sample)] else { return nil }
            let items = sampled.compactMap { trajectory in
                trajectory.answer.map { ScoreWork.Item(id: trajectory.id, input: "x", reference: "y", answer: $0) }
            }
            return .score(ScoreWork(items: items, reward: "rougeL"))
        case .rationale:
            let items = plan.prompts(of: task).map { prompt in
                RationaleWork.Item(
                    prompt: UInt32(prompt), instruction: "why", reference: "y", known: "x", fallback: nil)
            }
            return .rationale(RationaleWork(items: items, writer: "{}", checkpoint: nil, seed: seed(of: task)))
        case .train:
            guard let start = coordinator.trainingStart(of: task.iteration),
                let set = coordinator.trainingSets[task.iteration]
            else { return nil }
            return .train(
                TrainWork(
                    iteration: task.iteration, start: start, trainingSet: set, recipe: "{}", seed: seed(of: task)))
        }
    }

    /// The key of every random number that is learned from: of the run, the iteration and the split, of nothing else.
    private func seed(of task: TaskID) -> UInt64 {
        plan.seed &+ UInt64(task.iteration) << 8 &+ UInt64(task.split.rawValue) &+ impurity
    }

    func trainingSet(_ iteration: UInt32, in coordinator: Coordinator) -> [UInt8]? {
        if iteration == 0 {
            let paths = rationales.sorted { $0.key < $1.key }.flatMap(\.value)
            return Array("references \(paths.map(\.text))".utf8)
        }
        let sealed = coordinator.sealedIterations
        guard sealed.indices.contains(Int(iteration) - 1) else { return nil }
        var byID: [TrajectoryID: Trajectory] = [:]
        for (task, list) in trajectories where task.iteration == plan.sampling(for: iteration) && task.split == .train {
            for trajectory in list { byID[trajectory.id] = trajectory }
        }
        var text = ""
        for kept in sealed[Int(iteration) - 1].kept {
            guard let trajectory = byID[kept.id] else { return nil }
            text += "\(kept.id.prompt) \(kept.id.sample) \(trajectory.tokens) \(kept.reward)\n"
        }
        return Array(text.utf8)
    }
}
