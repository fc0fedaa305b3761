import Checkpoints
import Configuration
import Files
import RolloutCore
import Synchronization
import Tokenization
import Transformer

/// The M-step by a program of the user's: it is given a folder (`TrainingFolder`) and where to leave a Hugging Face directory,
/// says on its way how far it is (`TrainingLines`), and ends with status 0.
///
/// Where it trains a LoRA adapter and leaves that beside the whole weights, in `adapter/`, the delta is made of it: it is
/// smaller by far, and a server's sampler can hand the adapter on.
///
/// Its standard input stays open and empty as long as somebody wants the result. What it leaves is taken in only when it is a
/// policy of this base (`ForeignWeights`); everything else costs the task this attempt and leaves nothing behind.
final class CommandLearner: TaskRunner {
    private let engine: RunConfiguration.LearnerEngine
    private let directory: String
    /// The training that was finished last, whose folder may be needed until the coordinator has the result.
    private let finished = Mutex<TrainingFolder?>(nil)

    /// - Parameter directory: where trainings have their folders.
    init(_ engine: RunConfiguration.LearnerEngine, directory: String) {
        self.engine = engine
        self.directory = directory
        TrainingFolder.removeAbandoned(in: directory)
    }

    private var name: String { "the training command \(engine.command.first ?? "")" }

    func tidy() { finished.withLock { $0.take() }?.remove() }

    func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput {
        guard case .train(let work) = lease.work else {
            throw .deterministic("a learner was leased another kind of task")
        }
        guard let set = context.blobs[work.trainingSet.digest] else {
            throw .system("the training set is not here any more")
        }
        let base = try context.base()
        let folder = TrainingFolder(lease, in: directory)
        finished.withLock { kept in
            if let kept, kept.path != folder.path { kept.remove() }
            kept = nil
        }
        let examples = try TrainingSet.examples(set)
        try prepare(folder, work, examples, base, context)
        let output = folder.output(attempt: lease.attempt.attempt)
        let lines = try train(folder, output, lease, context)
        let new: Checkpoint
        do throws(ForeignWeights.Refusal) {
            new = try ForeignWeights.load(output, as: base.checkpoint)
        } catch {
            throw .system("\(name) \(error)")
        }
        let (trained, delta) = try PolicyRelease.make(
            of: new, adapter: try adapter(in: output, work, base, context), work, base, steps: lines.last?.step ?? 0,
            examples: examples.count,
            tokens: lines.last?.tokens ?? 0, losses: (lines.first?.loss ?? 0, lines.last?.loss ?? 0))
        if let manifest = trained.policy.delta { context.blobs.insert(delta, as: manifest.digest) }
        finished.withLock { $0 = folder }
        return .train(trained)
    }

    private func prepare(
        _ folder: TrainingFolder, _ work: TrainWork, _ examples: [TrainingExample], _ base: BaseModel,
        _ context: TaskContext
    ) throws(TaskError) {
        let start = try base.checkpoint(of: work.start, blobs: context.blobs)
        let recipe: String
        do {
            var settings = try TrainingRecipe(json: work.recipe)
            settings.seed = work.seed
            recipe = settings.json
        } catch {
            throw .deterministic("\(error)")
        }
        do {
            try folder.prepare(start: start, examples: examples, recipe: recipe, tokenizer: base.tokenizer)
        } catch {
            throw .system("the training cannot be written for its command: \(error)")
        }
    }

    /// What the program's weights differ by from the base, where it left that.
    private func adapter(
        in output: String, _ work: TrainWork, _ base: BaseModel, _ context: TaskContext
    ) throws(TaskError) -> LowRankAdapter? {
        let directory = output + "/adapter"
        guard Directories.exists(directory) else { return nil }
        let left: LowRankAdapter
        do {
            left = try LowRankAdapter.load(directory: directory)
        } catch {
            throw .system("\(name) left an adapter that cannot be used: \(error)")
        }
        guard work.start.delta != nil else { return left }
        do {
            return try base.adapter(of: work.start, blobs: context.blobs).followed(by: left)
        } catch {
            context.say(
                "the adapter that \(name) left changes no adapter of the base, so whole weights are sent: \(error)")
            return nil
        }
    }

    /// Runs the program to its end.
    private func train(
        _ folder: TrainingFolder, _ output: String, _ lease: Lease, _ context: TaskContext
    ) throws(TaskError) -> TrainingLines {
        var lines = TrainingLines()
        var breach: TrainingLines.Breach?
        let began = ContinuousClock.now
        let run: (ending: ProgramRun.Ending, lastWords: String)
        do throws(FileError) {
            run = try ProgramRun.run(
                engine.command + [folder.path, output], directory: engine.directory.isEmpty ? nil : engine.directory,
                limit: .seconds(engine.timeoutSeconds), isCancelled: context.isCancelled
            ) { line in
                do throws(TrainingLines.Breach) {
                    switch try lines.take(line) {
                    case .step(let step): report(step, lease.attempt, began.duration(to: .now), context)
                    case .words(let words): if !words.isEmpty { context.say("\(name): \(words)") }
                    }
                    return true
                } catch {
                    breach = error
                    return false
                }
            }
        } catch {
            throw .system("\(name) cannot be started: \(error)")
        }
        if let breach { throw .system("\(name) \(breach)\(run.lastWords)") }
        switch run.ending {
        case .cancelled: throw .system("the task was stopped")
        case .timedOut: throw .system("\(name) was not done within \(engine.timeoutSeconds) s\(run.lastWords)")
        case .failed(let how): throw .system("\(name) \(how)\(run.lastWords)")
        case .finished: break
        }
        if let shortfall = lines.shortfall { throw .system("\(name) \(shortfall)") }
        return lines
    }

    private func report(
        _ step: TrainingLines.Step, _ attempt: Attempt, _ time: Duration, _ context: TaskContext
    ) {
        context.progress(
            TrainProgress(
                attempt: attempt, step: UInt32(clamping: step.step), steps: UInt32(clamping: step.steps),
                loss: step.loss, tokensPerSecond: Double(step.tokens) / max(time / .seconds(1), 1e-6)))
    }
}
