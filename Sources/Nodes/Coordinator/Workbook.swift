import Configuration
import Digests
import Personalization
import RolloutCore
import Transformer

/// What leases carry and training sets hold: the run's prompts, settings, and the trajectories that await their rewards.
///
/// The coordinator's value knows tasks by name and digest only; this is where the texts and tokens are. Most trajectories
/// are scored soon after they are sampled, so those that wait are kept in memory up to a limit; what is beyond it, and what
/// a training set is made of, is read back from the journal.
struct Workbook {
    private let run: PreparedRun
    private let store: any TrajectoryStore
    private let seed: UInt64
    private let reward: String
    private let weights: TrajectoryWeights
    /// By E-step.
    private let sampling: [Decoding]
    private let evaluation: [Decoding]
    private let marker: String
    private let fineTuningRecipe: String
    private let trainingRecipe: String
    private let endOfText: [Int32]
    private var waiting: WaitingTrajectories
    /// By prompt.
    private var rationales: [UInt32: String] = [:]

    init(
        _ run: PreparedRun, _ configuration: RunConfiguration, stopTokens: [Int32], store: any TrajectoryStore,
        memoryLimit: Int = 64 << 20
    ) {
        self.run = run
        self.store = store
        waiting = WaitingTrajectories(limit: memoryLimit)
        seed = configuration.run.seed
        reward = run.plan.reward.name
        weights = TrajectoryWeights(configuration)
        sampling = configuration.sampling.temperature.values(max(1, configuration.run.iterations)).map { temperature in
            Decoding(
                temperature: Float(temperature), topP: Float(configuration.sampling.topP),
                topK: UInt32(configuration.sampling.topK), maxNewTokens: UInt32(configuration.sampling.maxNewTokens),
                stopTokens: stopTokens)
        }
        evaluation = configuration.evaluation.decodings.map { decoding in
            Decoding(
                temperature: Float(decoding.temperature), topP: Float(decoding.topP), topK: 0,
                maxNewTokens: UInt32(configuration.evaluation.maxNewTokens), stopTokens: stopTokens)
        }
        marker = run.template.reasons ? run.template.answerMarker : ""
        fineTuningRecipe = configuration.fineTuning.recipe.json
        trainingRecipe = configuration.training.recipe.json
        endOfText = Array(stopTokens.prefix(1))
    }

    // MARK: - Trajectories

    /// Keeps what awaits a reward.
    mutating func note(_ record: Record) {
        guard case .accepted(let result) = record else { return }
        let task = result.attempt.task
        switch result.output {
        case .sample(let trajectories): waiting.insert(trajectories, of: task)
        case .score: waiting.remove(task.sibling(.sample))
        case .rationale(let new): for rationale in new { rationales[rationale.prompt] = rationale.text }
        case .train: break
        }
    }

    // MARK: - Leases

    /// The complete input of a task; nil when what it is made of is not there, which would be a defect of this program.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    func work(for task: TaskID, in coordinator: Coordinator) throws -> TaskWork? {
        switch task.kind {
        case .sample: sampleWork(task, coordinator)
        case .score: try scoreWork(task)
        case .train: trainWork(task, coordinator)
        case .rationale: rationaleWork(task, coordinator)
        }
    }

    private func sampleWork(_ task: TaskID, _ coordinator: Coordinator) -> TaskWork? {
        let version = Int(task.policyVersion)
        guard coordinator.policies.indices.contains(version), let prompts = run.prompts[task.split] else { return nil }
        let samples = coordinator.plan.samples(of: task)
        return .sample(
            SampleWork(
                policy: coordinator.policies[version],
                prompts: coordinator.plan.prompts(of: task).map {
                    SampleWork.Prompt(index: UInt32($0), tokens: prompts[$0].tokens)
                },
                samplesPerPrompt: UInt32(samples.count), firstSample: samples.lowerBound,
                decoding: decoding(task),
                seed: samplingSeed(task), answerMarker: marker))
    }

    private func decoding(_ task: TaskID) -> Decoding {
        guard task.split == .train else { return evaluation[run.plan.decoding(of: task)] }
        let expectation = Int((max(1, task.iteration) - 1) / max(1, run.plan.iterationsPerSampling))
        return sampling[min(expectation, sampling.count - 1)]
    }

    private func scoreWork(_ task: TaskID) throws -> TaskWork? {
        let origin = task.sibling(.sample)
        let sampled = try waiting[origin] ?? store.trajectories(of: origin)
        guard !sampled.isEmpty, let prompts = run.prompts[task.split] else { return nil }
        let items = sampled.compactMap { trajectory in
            trajectory.answer.map { answer in
                let example = prompts[Int(trajectory.id.prompt)].example
                return ScoreWork.Item(
                    id: trajectory.id, input: example.input, reference: example.output, answer: answer,
                    reasoning: trajectory.reasoning, isFinished: trajectory.stop == .stopToken)
            }
        }
        return .score(ScoreWork(items: items, reward: reward))
    }

    private func trainWork(_ task: TaskID, _ coordinator: Coordinator) -> TaskWork? {
        guard let start = coordinator.trainingStart(of: task.iteration),
            let set = coordinator.trainingSets[task.iteration]
        else { return nil }
        return .train(
            TrainWork(
                iteration: task.iteration, start: start, trainingSet: set,
                recipe: task.iteration == 0 ? fineTuningRecipe : trainingRecipe, seed: samplingSeed(task)))
    }

    private func rationaleWork(_ task: TaskID, _ coordinator: Coordinator) -> TaskWork? {
        guard let rationales = run.rationales else { return nil }
        return .rationale(
            RationaleWork(
                items: coordinator.plan.prompts(of: task).map { rationales.items[$0] }, writer: rationales.writer.json,
                checkpoint: rationales.model?.manifest, seed: samplingSeed(task)))
    }

    private func samplingSeed(_ task: TaskID) -> UInt64 {
        SamplingSeed.of(run: seed, task, decoding: run.plan.decoding(of: task))
    }

    // MARK: - Training sets

    /// The bytes of an iteration's training set: the references' examples for iteration 0, otherwise what was kept, in
    /// (prompt, sample) order and weighted by its reward, then the references where they are mixed in.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    func trainingSet(_ iteration: UInt32, in coordinator: Coordinator) throws -> [UInt8]? {
        if iteration == 0 { return TrainingSet.bytes(run.fineTuning(with: rationales)) }
        let sealed = coordinator.sealedIterations
        guard sealed.indices.contains(Int(iteration) - 1), let prompts = run.prompts[.train] else { return nil }
        let kept = sealed[Int(iteration) - 1].kept
        let best = kept.lazy.map(\.reward).max() ?? 0
        var rest = kept[...]
        var bytes: [UInt8] = []
        try store.kept(iteration: iteration, from: run.plan.sampling(for: iteration)) { trajectory in
            guard let kept = rest.first, kept.id == trajectory.id else { return }
            rest.removeFirst()
            TrainingSet.append(
                TrainingExample(
                    prompt: prompts[Int(kept.id.prompt)].tokens,
                    completion: trajectory.tokens + (trajectory.stop == .stopToken ? endOfText : []),
                    weight: weights.weight(of: kept.reward, best: best)),
                to: &bytes)
        }
        if weights.ofReferences > 0 {
            for reference in run.fineTuning {
                TrainingSet.append(
                    TrainingExample(
                        prompt: reference.prompt, completion: reference.completion, weight: weights.ofReferences),
                    to: &bytes)
            }
        }
        return rest.isEmpty ? bytes : nil
    }
}

extension RunConfiguration.Recipe {
    /// The trainer's recipe; the seed comes with each task.
    var recipe: TrainingRecipe {
        TrainingRecipe(
            optimizer: optimizer == .adamw ? .adamW : .adafactor, learningRate: learningRate, weightDecay: weightDecay,
            clip: clip, schedule: LearningRateSchedule(decay: schedule.decay, warmupSteps: warmupSteps),
            duration: length.duration, batchSize: batchSize, maxTokens: maxTokensPerMicrobatch,
            gradientShards: gradientShards)
    }
}

extension RunConfiguration.Schedule {
    var decay: LearningRateSchedule.Decay {
        switch self {
        case .linear: .linear
        case .cosine: .cosine
        case .constant: .constant
        }
    }
}

extension RunConfiguration.Length {
    var duration: TrainingRecipe.Duration {
        switch self {
        case .epochs(let count): .epochs(count)
        case .steps(let count): .steps(count)
        }
    }
}
