import Checkpoints
import Digests
import RolloutCore
import Transformer

/// The M-step: fine-tunes on a sealed training set and leaves a delta against the base for the coordinator to pull.
final class LearnerRunner: TaskRunner {
    private let threads: Int
    private let cache: TrainingCache?

    /// - Parameters:
    ///   - threads: used for gradient shards and updates; never changes the result.
    ///   - cache: Where equal trainings of other runs may lie.
    init(threads: Int, cache: TrainingCache? = nil) {
        self.threads = threads
        self.cache = cache
    }

    func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput {
        guard case .train(let work) = lease.work else {
            throw .deterministic("a learner was leased another kind of task")
        }
        guard let set = context.blobs[work.trainingSet.digest] else {
            throw .system("the training set is not here any more")
        }
        if let (trained, delta) = cache?.result(of: work) {
            if let manifest = trained.policy.delta { context.blobs.insert(delta, as: manifest.digest) }
            return .train(trained)
        }
        let examples = try TrainingSet.examples(set)
        let base = try context.base()
        let start = try base.checkpoint(of: work.start, blobs: context.blobs)
        let new: Checkpoint
        let report: TrainingReport
        do {
            var recipe = try TrainingRecipe(json: work.recipe)
            recipe.seed = work.seed
            let trainer = try Trainer(checkpoint: start, recipe: recipe)
            let began = ContinuousClock.now
            report = try trainer.run(examples, threads: threads) { progress in
                let seconds = began.duration(to: .now) / .seconds(1)
                context.progress(
                    TrainProgress(
                        attempt: lease.attempt, step: UInt32(progress.step), steps: UInt32(progress.steps),
                        loss: progress.loss, tokensPerSecond: Double(progress.tokens) / max(seconds, 1e-6)))
                return !context.isCancelled()
            }
            new = try trainer.checkpoint()
        } catch {
            throw .deterministic("\(error)")
        }
        guard report.isComplete else { throw .system("training was stopped before its last step") }
        return .train(try publish(new, work, report, examples.count, base, context.blobs))
    }

    private func publish(
        _ new: Checkpoint, _ work: TrainWork, _ report: TrainingReport, _ examples: Int, _ base: BaseModel,
        _ blobs: BlobCache
    ) throws(TaskError) -> TrainedPolicy {
        let delta: WeightDelta
        do {
            delta = try WeightDelta.encode(base: base.checkpoint, new: new)
        } catch {
            throw .deterministic("the weight delta cannot be written: \(error)")
        }
        let manifest = BlobManifest(of: delta.bytes)
        blobs.insert(delta.bytes, as: manifest.digest)
        let trained = TrainedPolicy(
            policy: PolicyManifest(
                version: work.iteration, base: base.weightsDigest, weights: delta.result, delta: manifest),
            steps: UInt32(report.steps), examples: UInt32(examples), tokens: UInt64(report.tokens),
            firstLoss: report.firstLoss, lastLoss: report.lastLoss, density: delta.density,
            fullByteCount: UInt64(new.byteCount))
        cache?.keep(trained, delta: delta.bytes, of: work)
        return trained
    }
}
