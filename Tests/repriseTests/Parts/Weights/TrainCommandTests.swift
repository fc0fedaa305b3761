import Checkpoints
import JSONLines
import Testing
import Tokenization
import Transformer

@Suite struct TrainCommandTests {
    private let folder: Folder
    private let model: String

    init() throws {
        folder = try Folder()
        model = folder("model")
        try TinyModel.save(model)
    }

    private func train(_ data: String, _ options: [String] = [], to name: String = "out") async throws -> Binary.Outcome
    {
        let data = try folder.write(data, to: "data.jsonl")
        return try await Binary.run(["train", "--model", model, "--data", data, "--output", folder(name)] + options)
    }

    @Test func theResultIsThatOfTheTrainer() async throws {
        let data = """
            {"prompt": "the cat", "completion": " sat", "w": 2}
            {"prompt": [5, 6], "completion": [7, 8]}
            """
        let options = [
            "--steps", "4", "--batch", "2", "--learning-rate", "0.01", "--schedule", "cosine", "--warmup-steps", "1",
            "--weight-decay", "0.1", "--clip", "0.5", "--seed", "3", "--weight-field", "w",
        ]
        let outcome = try await train(data, options)
        #expect(outcome.status == 0, "\(outcome.error)")
        let tokenizer = try TinyModel.tokenizer.get()
        let recipe = TrainingRecipe(
            learningRate: 0.01, weightDecay: 0.1, clip: 0.5,
            schedule: LearningRateSchedule(decay: .cosine, warmupSteps: 1), duration: .steps(4), batchSize: 2, seed: 3)
        let trainer = try Trainer(checkpoint: try Checkpoint.load(directory: model), recipe: recipe)
        let expected = try trainer.run([
            TrainingExample(prompt: tokenizer.encode("the cat"), completion: tokenizer.encode(" sat") + [0], weight: 2),
            TrainingExample(prompt: [5, 6], completion: [7, 8]),
        ])
        let report = try outcome.json()[0]
        #expect(report["steps"] == 4)
        #expect(report["lastLoss"]?.double == expected.lastLoss)
        let digest = try trainer.checkpoint().weightsDigest
        #expect(report["weights"]?.string == "\(digest)")
        let saved = try Checkpoint.load(directory: folder("out"))
        #expect(saved.weightsDigest == digest)
        #expect(saved.companion("tokenizer.json") == tokenizer.json)
        let threads = try await train(data, options + ["--threads", "3"], to: "three")
        #expect(try threads.json()[0]["weights"] == report["weights"])
    }

    @Test func adafactorLearnsToo() async throws {
        let outcome = try await train(
            #"{"prompt": "a", "completion": " hat"}"#,
            ["--optimizer", "adafactor", "--epochs", "8", "--learning-rate", "0.02"])
        let report = try outcome.json()[0]
        #expect(report["steps"] == 8)
        #expect((report["lastLoss"]?.double ?? .infinity) < (report["firstLoss"]?.double ?? 0))
    }

    @Test func badLinesAreNamedAndNothingIsWritten() async throws {
        let good = #"{"prompt": "a", "completion": "b"}"#
        let long = Array(repeating: "1", count: 60).joined(separator: ",")
        for (bad, words) in [
            ("{", "column"), (#"{"prompt": "a"}"#, "\"completion\" is missing"),
            (#"{"prompt": "a", "completion": []}"#, "no token to learn"),
            (#"{"prompt": "a", "completion": "b", "weight": -1}"#, "\"weight\""),
            (#"{"prompt": [9999], "completion": "b"}"#, "no token 9999"),
            (#"{"prompt": "a", "completion": [\#(long)]}"#, "context of 48"),
        ] {
            try await train([good, good, bad].joined(separator: "\n")).refused(65, "data.jsonl, line 3", words)
            #expect(!folder.exists("out"))
        }
        try await train("").refused(65, "no lines")
    }

    @Test func aTrainingThatDivergesWritesNothing() async throws {
        let good = #"{"prompt": "a", "completion": "b"}"#
        try await train(good, ["--steps", "5", "--learning-rate", "1e30"]).refused(65, "Training diverged at step ")
        #expect(!folder.exists("out"))
    }

    @Test func badOptionsAreRefused() async throws {
        let good = #"{"prompt": "a", "completion": "b"}"#
        #expect(try await train(good, ["--epochs", "1", "--steps", "1"]).status == 64)
        #expect(try await train(good, ["--beta1", "1"]).status == 64)
        #expect(try await train(good, ["--batch", "0"]).status == 64)
        try await train(good, to: "model").refused(73, "exists already")
        // Found before anything is trained: the data is not there either.
        try await Binary.run(["train", "--model", model, "--data", folder("none"), "--output", "/proc/none/out"])
            .refused(73, "/proc/none")
        try await Binary.run(["train", "--model", model, "--data", folder("none"), "--output", folder("out")])
            .refused(66, folder("none"))
        #expect(!folder.exists("out"))
    }
}
