import Checkpoints
import Files
import Foundation
import JSONLines
import RolloutCore
import Tokenization
import Transformer

/// What a training command is given, in a folder of its own:
///
///     model/        the checkpoint training starts from, in the Hugging Face layout
///     train.jsonl   {"prompt": …, "completion": …, "prompt_ids": […], "completion_ids": […], "weight": w}
///     recipe.json   optimizer, learningRate, steps or epochs, batchSize, seed (a text), …
///
/// It leaves a checkpoint in the Hugging Face layout, and in `adapter/` within, where it trained one, the LoRA adapter by
/// which the checkpoint differs from model/, in PEFT's layout.
///
/// The folder is named by the digest of the training's input and stays until the training is done: what a command that was
/// killed left beside these is there for the one that is started after it.
struct TrainingFolder {
    let path: String
    private static let suffix = ".training"
    /// Folders nobody came back for are removed after this many seconds.
    private static let lifetime = 7 * 86400.0

    init(_ lease: Lease, in directory: String) { path = "\(directory)/\(lease.inputDigest)\(Self.suffix)" }

    /// Writes what is not there yet.
    ///
    /// - Throws: what the disk reports.
    func prepare(start: Checkpoint, examples: [TrainingExample], recipe: String, tokenizer: Tokenizer) throws {
        try Directories.create(path)
        if !Directories.exists(path + "/model") { try start.save(directory: path + "/model") }
        var lines: [UInt8] = []
        for example in examples {
            lines += Self.line(example, tokenizer).serialized().utf8
            lines.append(UInt8(ascii: "\n"))
        }
        try FileReplacement.write(lines, to: path + "/train.jsonl")
        try FileReplacement.write(Array(recipe.utf8), to: path + "/recipe.json")
    }

    private static func line(_ example: TrainingExample, _ tokenizer: Tokenizer) -> JSON {
        [
            "prompt": .string(tokenizer.decode(example.prompt)),
            "completion": .string(tokenizer.decode(example.completion, isContinuation: true)),
            "prompt_ids": .array(example.prompt.map { .integer(Int64($0)) }),
            "completion_ids": .array(example.completion.map { .integer(Int64($0)) }),
            "weight": .number(Double(example.weight)),
        ]
    }

    /// Where an attempt puts its result; nothing of an earlier one is there.
    func output(attempt: UInt32) -> String {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: path)) ?? [] where name.hasPrefix("output-") {
            try? manager.removeItem(atPath: "\(path)/\(name)")
        }
        return "\(path)/output-\(attempt)"
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes what killed learners left and nobody will go on with.
    static func removeAbandoned(in directory: String, now: Date = .now) {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: directory)) ?? [] where name.hasSuffix(suffix) {
            let path = "\(directory)/\(name)"
            let changed = (try? manager.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if let changed, now.timeIntervalSince(changed) > lifetime { try? manager.removeItem(atPath: path) }
        }
    }
}
