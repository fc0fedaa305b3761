public import Checkpoints
import Numerics

/// Fine-tunes a model on weighted examples: the M-step, supervised fine-tuning and pretraining alike.
///
/// One step: the next batch of the epoch's shuffle, its gradient in fixed shards (`GradientShards`), clipping by the
/// global norm, one update (`Optimizer`). Everything learned is a function of weights, examples and recipe; the
/// number of threads changes how long it takes and nothing else. Master weights are float32 whatever the checkpoint's
/// type; a checkpoint taken from the trainer is rounded to the type it came in.
public final class Trainer {
    /// The model being trained.
    public let model: LlamaModel
    /// What decides how.
    public let recipe: TrainingRecipe
    /// What was done so far, before a restore included.
    public private(set) var report = TrainingReport()
    private let start: Checkpoint?
    private var optimizer: Optimizer

    /// Trains `model` in place.
    /// - Throws: `TrainingError` when the recipe makes no sense.
    public init(model: LlamaModel, recipe: TrainingRecipe) throws(TrainingError) {
        try recipe.validate()
        self.model = model
        self.recipe = recipe
        start = nil
        optimizer = Optimizer(recipe, layout: model.layout)
    }

    /// Trains a copy of the checkpoint's weights.
    /// - Throws: `TrainingError` when the recipe makes no sense, `CheckpointError` when a tensor is missing.
    public init(checkpoint: Checkpoint, recipe: TrainingRecipe) throws {
        try recipe.validate()
        model = try LlamaModel(checkpoint: checkpoint)
        self.recipe = recipe
        start = checkpoint
        optimizer = Optimizer(recipe, layout: model.layout)
    }

    /// Everything that is needed to go on later.
    public var state: TrainingState {
        TrainingState(weights: model.parameters.all.array, optimizer: optimizer.state, report: report)
    }

    /// Goes on from a saved state, with the bits that an uninterrupted training has.
    /// - Throws: `TrainingError` when it belongs to another model or update rule.
    public func restore(_ state: TrainingState) throws(TrainingError) {
        guard state.weights.count == model.layout.count else {
            throw TrainingError(
                "The saved training has \(state.weights.count) weights, but this model has \(model.layout.count).")
        }
        try optimizer.restore(state.optimizer)
        model.parameters.all.copy(from: state.weights)
        report = state.report
    }

    /// The weights as they are, in the element type and with the companion files of the checkpoint training started
    /// from.
    public func checkpoint() throws(CheckpointError) -> Checkpoint {
        try model.checkpoint(as: start?.elementType ?? .float32, companions: start?.companions ?? [])
    }

    /// Runs the steps of the recipe that are not yet done, and returns what was done in all.
    /// - Parameters:
    ///   - examples: in an order that is part of what is learned; the shuffles start from it.
    ///   - threads: used for gradient shards and updates.
    ///   - progress: called after each step; returning false stops.
    /// - Throws: `TrainingError` that names the first unusable example, or the step whose loss or gradient is not finite.
    @discardableResult
    public func run(
        _ examples: [TrainingExample], threads: Int = 1, progress: (TrainingProgress) -> Bool = { _ in true }
    ) throws(TrainingError) -> TrainingReport {
        try Self.check(examples, config: model.config)
        let steps = recipe.stepCount(examples: examples.count)
        let rows = examples.map(\.rowCount)
        let shards = GradientShards(
            model, count: recipe.gradientShards,
            rows: ShardPlan.largestMicroBatch(rows: rows, maxRows: recipe.maxTokens), threads: threads)
        var order = ExampleOrder(examples: examples.count, batchSize: recipe.batchSize, seed: recipe.seed)
        report.isComplete = optimizer.step >= steps
        while optimizer.step < steps {
            let (epoch, indices) = order.batch(at: optimizer.step)
            let batch = indices.map { examples[$0] }
            let rate = recipe.learningRate * recipe.schedule.factor(step: optimizer.step, of: steps)
            let (loss, norm) = try step(batch, shards, rate, of: steps, threads)
            report.steps += 1
            report.tokens += batch.reduce(0) { $0 + $1.rowCount }
            report.targetTokens += batch.reduce(0) { $0 + $1.targetCount }
            if optimizer.step == 1 { report.firstLoss = loss }
            report.lastLoss = loss
            report.isComplete = optimizer.step == steps
            let goesOn = progress(
                TrainingProgress(
                    step: optimizer.step, steps: steps, epoch: epoch, loss: loss, learningRate: rate,
                    gradientNorm: norm, tokens: report.tokens, targetTokens: report.targetTokens))
            if !goesOn { break }
        }
        return report
    }

    private func step(
        _ batch: [TrainingExample], _ shards: GradientShards, _ rate: Double, of steps: Int, _ threads: Int
    ) throws(TrainingError) -> (loss: Double, norm: Double) {
        let total = batch.reduce(0.0) { $0 + Double($1.weight) * Double($1.targetCount) }
        let plan = ShardPlan(
            rows: batch.map { $0.weight == 0 ? 0 : $0.rowCount }, shardCount: recipe.gradientShards,
            maxRows: recipe.maxTokens)
        let (loss, squares) = shards.compute(batch, plan: plan, scale: total > 0 ? Float(1 / total) : 0)
        let norm = squares.squareRoot()
        // What follows would be numbers that are none.
        guard loss.isFinite, norm.isFinite else {
            throw TrainingError(
                "Training diverged at step \(optimizer.step + 1) of \(steps): the loss is \(loss) and the gradient's norm "
                    + "\(norm). Lower the learning rate or clip the gradient; at the first step, look at the weights it "
                    + "starts from.")
        }
        // As torch's clip_grad_norm_ does.
        let scale = recipe.clip > 0 && norm > recipe.clip ? recipe.clip / (norm + 1e-6) : 1
        optimizer.update(
            model.parameters.all, gradient: shards.gradient.all, gradientScale: Float(scale), learningRate: rate,
            threads: threads)
        return (loss, norm)
    }

    /// Refuses what cannot be trained on.
    /// - Throws: `TrainingError` that names the first unusable example, counted from 1.
    public static func check(_ examples: [TrainingExample], config: ModelConfig) throws(TrainingError) {
        guard !examples.isEmpty else { throw TrainingError("There are no examples to train on.") }
        for (index, example) in examples.enumerated() {
            let name = "Training example \(index + 1)"
            guard example.targetCount > 0 else {
                throw TrainingError("\(name) has no token to learn; give it a completion.")
            }
            guard example.rowCount <= config.maxPositions else {
                throw TrainingError(
                    "\(name) has \(example.rowCount + 1) tokens, but the model's context is "
                        + "\(config.maxPositions); shorten it."
                )
            }
            guard example.weight >= 0, example.weight.isFinite else {
                throw TrainingError("\(name) has the weight \(example.weight); give a finite weight of at least 0.")
            }
            for token in example.prompt + example.completion
            where token < 0 || Int(token) >= config.vocabularySize {
                throw TrainingError(
                    "\(name) has the token \(token), but the model's vocabulary has \(config.vocabularySize) tokens.")
            }
        }
    }
}
