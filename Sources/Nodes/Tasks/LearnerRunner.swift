import Checkpoints
import Digests
import RolloutCore
import Synchronization
import Transformer

/// The M-step: fine-tunes on a sealed training set and leaves a delta against the base for the coordinator to pull.
///
/// A learner that was killed goes on from its last saved state with the same bits as one that was not.
final class LearnerRunner: TaskRunner {
    private let threads: Int
    private let cache: TrainingCache?
    private let checkpoints: TrainingCheckpoints?
    /// Trainings that were finished, whose states may be needed until the coordinator has the result.
    private let finished = Mutex<[Digest]>([])

    /// - Parameters:
    ///   - threads: used for gradient shards and updates; never changes the result.
    ///   - cache: Where equal trainings of other runs may lie.
    ///   - checkpoints: where unfinished trainings are kept, if anywhere.
    init(threads: Int, cache: TrainingCache? = nil, checkpoints: TrainingCheckpoints? = nil) {
        self.threads = threads
        self.cache = cache
        self.checkpoints = checkpoints
        checkpoints?.removeAbandoned()
    }

    var keepsUnfinished: Bool { checkpoints != nil }

    func tidy() { forget { _ in true } }

    private func forget(_ isDone: (Digest) -> Bool) {
        let done = finished.withLock { finished in
            let done = finished.filter(isDone)
            finished.removeAll(where: isDone)
            return done
        }
        for input in done { checkpoints?.remove(input) }
    }

    func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput {
        guard case .train(let work) = lease.work else {
            throw .deterministic("a learner was leased another kind of task")
        }
        guard let set = context.blobs[work.trainingSet.digest] else {
            throw .system("the training set is not here any more")
        }
        if let (trained, delta, time) = cache?.result(of: work) {
            context.tookBefore(time)
            if let manifest = trained.policy.delta { context.blobs.insert(delta, as: manifest.digest) }
            return .train(trained)
        }
        let examples = try TrainingSet.examples(set)
        let base = try context.base()
        let start = try base.checkpoint(of: work.start, blobs: context.blobs)
        // A next training means that the coordinator has the one before.
        forget { $0 != lease.inputDigest }
        let began = ContinuousClock.now
        let new: Checkpoint
        let report: TrainingReport
        let earlier: Duration
        do {
            var recipe = try TrainingRecipe(json: work.recipe)
            recipe.seed = work.seed
            let trainer = try Trainer(checkpoint: start, recipe: recipe)
            (report, earlier) = try train(trainer, on: examples, lease, context)
            new = try trainer.checkpoint()
        } catch {
            throw .deterministic("\(error)")
        }
        guard report.isComplete else { throw .system("training was stopped before its last step") }
        finished.withLock { $0.append(lease.inputDigest) }
        let (trained, delta) = try PolicyRelease.make(
            of: new, work, base, steps: report.steps, examples: examples.count, tokens: report.tokens,
            losses: (report.firstLoss, report.lastLoss))
        if let manifest = trained.policy.delta { context.blobs.insert(delta, as: manifest.digest) }
        cache?.keep(trained, delta: delta, time: earlier + began.duration(to: .now), of: work)
        return .train(trained)
    }

    /// Trains to the end. What it says besides is how long was trained before, by those who were killed.
    private func train(
        _ trainer: Trainer, on examples: [TrainingExample], _ lease: Lease, _ context: TaskContext
    ) throws -> (TrainingReport, earlier: Duration) {
        let began = ContinuousClock.now
        var saving = checkpoints.map { Saving(checkpoints: $0, input: lease.inputDigest, began: began) }
        saving?.restore(trainer, context.say)
        let earlier = saving?.earlier ?? .zero
        context.tookBefore(earlier)
        let before = trainer.report.tokens
        let report = try trainer.run(examples, threads: threads) { progress in
            let seconds = began.duration(to: .now) / .seconds(1)
            context.progress(
                TrainProgress(
                    attempt: lease.attempt, step: UInt32(progress.step), steps: UInt32(progress.steps),
                    loss: progress.loss, tokensPerSecond: Double(progress.tokens - before) / max(seconds, 1e-6)))
            let goesOn = !context.isCancelled()
            saving?.save(trainer, if: goesOn ? .whenDue : .now, context.say)
            return goesOn
        }
        return (report, earlier)
    }
}

/// When one training is saved.
private struct Saving {
    enum Occasion { case whenDue, now }

    let checkpoints: TrainingCheckpoints
    let input: Digest
    private let began: ContinuousClock.Instant
    private var lastSave: ContinuousClock.Instant
    /// Trained before by those who were killed.
    private(set) var earlier = Duration.zero
    /// How long the last save took: saving gets at most a twentieth of the time.
    private var cost = Duration.zero
    private var hasFailed = false

    init(checkpoints: TrainingCheckpoints, input: Digest, began: ContinuousClock.Instant) {
        self.checkpoints = checkpoints
        self.input = input
        self.began = began
        lastSave = began
    }

    /// Goes on with what was saved; what cannot be used is left aside with a sentence.
    mutating func restore(_ trainer: Trainer, _ say: (String) -> Void) {
        do {
            guard let state = try checkpoints.load(input) else { return }
            try trainer.restore(state)
            earlier = .seconds(state.seconds.isFinite ? state.seconds : 0)
            say("the training goes on after step \(state.optimizer.step), where it was saved")
        } catch {
            say("the training begins anew, for what was saved of it cannot be used: \(error)")
            checkpoints.remove(input)
        }
    }

    mutating func save(_ trainer: Trainer, if occasion: Occasion, _ say: (String) -> Void) {
        let start = ContinuousClock.now
        guard occasion == .now || lastSave.duration(to: start) >= max(checkpoints.interval, cost * 20) else { return }
        do {
            var state = trainer.state
            state.seconds = (earlier + began.duration(to: start)) / .seconds(1)
            try checkpoints.save(state, of: input)
        } catch {
            // The training is worth more than its copy.
            switch occasion {
            case .now:
                say("what was done of the training since it was last saved is lost, for it cannot be saved: \(error)")
            case .whenDue: if !hasFailed { say("the training goes on, but could not be saved: \(error)") }
            }
            hasFailed = true
        }
        lastSave = .now
        cost = start.duration(to: lastSave)
    }
}
