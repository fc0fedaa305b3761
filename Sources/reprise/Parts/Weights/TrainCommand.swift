import ArgumentParser
import Checkpoints
import Digests
import Files
import Foundation
import JSONLines
import Transformer

/// `reprise train`: fine-tuning on prompts and completions.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Fine-tune a model on prompts with completions.",
        discussion: """
            The data are lines {"prompt": s, "completion": s, "weight": w}; texts may be lists of token ids instead. The loss is \
            that of the completion's tokens, weighted; to a text the model's end token is added, unless --no-end. The result is \
            a directory in the Hugging Face layout in the model's element type, and a line of JSON says what was done. Equal \
            options on equal data give equal bytes, whatever the number of threads.

            Example:
              reprise train --model base --data pairs.jsonl --epochs 3 --output tuned
            """)

    @Option(help: ArgumentHelp("Directory in the Hugging Face layout.", valueName: "dir")) var model: String
    @Option(help: ArgumentHelp("Lines to train on, plain or gzipped; '-' is standard input.", valueName: "file"))
    var data: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Directory to write; must not exist.", valueName: "dir"))
    var output: String
    @OptionGroup var recipe: RecipeOptions
    @Option(help: ArgumentHelp("Field that holds the weight of a line; lines without it have 1.", valueName: "name"))
    var weightField = "weight"
    @Flag(inversion: .prefixedNo, help: "Add the model's end token to completions that are text.") var end = true
    @Option(help: "Threads; never change the result.") var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        try OptionRange.check(OptionRange.threads, ("threads", threads))
        if ["prompt", "completion"].contains(weightField) {
            throw ValidationError("--weight-field must name a field of its own.")
        }
    }

    func run() async throws {
        try Output.check(directory: output)
        let reader = try LineInput.open(data == "-" ? nil : data)
        let model = try ModelDirectory(model)
        let examples = try examples(reader, model)
        let trainer = try Trainer(checkpoint: model.checkpoint, recipe: recipe.recipe)
        let clock = ContinuousClock()
        let began = clock.now
        var screen = TrainingScreen(title: "training")
        let report = try trainer.run(examples, threads: threads) { progress in
            if began.duration(to: clock.now) > .seconds(2) { screen.show(progress) }
            return true
        }
        screen.end()
        let result = try trainer.checkpoint()
        try Output.writing { try result.save(directory: output) }
        try LineOutput.print([
            "output": .string(output), "examples": .integer(Int64(examples.count)),
            "steps": .integer(Int64(report.steps)), "tokens": .integer(Int64(report.tokens)),
            "targetTokens": .integer(Int64(report.targetTokens)), "firstLoss": .number(report.firstLoss),
            "lastLoss": .number(report.lastLoss), "seconds": .number(began.duration(to: clock.now) / .seconds(1)),
            "base": .string(model.checkpoint.weightsDigest.description),
            "weights": .string(result.weightsDigest.description),
        ])
    }

    private func examples(_ reader: LineReader, _ model: ModelDirectory) throws -> [TrainingExample] {
        var reader = reader
        var examples: [TrainingExample] = []
        while let line = try reader.next() { examples.append(try example(line, model)) }
        guard !examples.isEmpty else {
            throw Failure(.data, "\(data == "-" ? "Standard input" : data) has no lines to train on.")
        }
        return examples
    }

    private func example(_ line: InputLine, _ model: ModelDirectory) throws -> TrainingExample {
        let prompt =
            line.object["prompt"]?.array == nil
            ? try model.encode(try line.text("prompt"), of: line, addSpecial: true) : try line.tokens("prompt")
        var completion: [Int32]
        if line.object["completion"]?.array == nil {
            completion = try model.encode(try line.text("completion"), of: line, addSpecial: false)
            if end { completion += model.checkpoint.config.eosTokenIDs.prefix(1) }
        } else {
            completion = try line.tokens("completion")
        }
        var example = TrainingExample(prompt: prompt, completion: completion)
        if let value = line.object[weightField] {
            guard let weight = value.double, weight >= 0, weight <= Double(Float.greatestFiniteMagnitude) else {
                throw line.failure("the field \"\(weightField)\" is not a number of at least 0.")
            }
            example.weight = Float(weight)
        }
        guard example.targetCount > 0 else { throw line.failure("there is no token to learn; give a completion.") }
        try model.check(prompt + completion.dropLast(), of: line)
        try model.check(completion.suffix(1), of: line)
        return example
    }
}
