import Checkpoints
import Foundation
import Testing

/// Whatever is wrong with a run's input: one sentence, a status that says what kind of trouble, and nothing on disk.
@Suite(.realClusters, .timeLimit(.minutes(10)))
struct BadInputTests {
    private let runs: TinyRuns
    private let folder: Folder

    init() async throws {
        runs = try await TinyRuns.shared.value
        folder = try Folder()
    }

    /// Expects that neither `run` nor `coordinator` accepts these settings, and that neither leaves anything.
    private func refused(
        _ settings: [String], _ status: Int32, _ words: String..., at location: SourceLocation = #_sourceLocation
    ) async throws {
        let set = settings.flatMap { ["--set", $0] }
        let commands = [
            ["run", runs.configuration, "--directory", folder("run")] + set,
            ["coordinator", folder("run"), "--config", runs.configuration] + set,
        ]
        for command in commands {
            let outcome = try await Binary.run(command, seconds: 30)
            #expect(outcome.status == status, "\(outcome.error)", sourceLocation: location)
            // A coordinator logs what it loads; the sentence comes last and alone.
            let lines = outcome.error.split(separator: "\n").filter { !$0.contains(" info coordinator: ") }
            #expect(lines.count == 1, "\(outcome.error)", sourceLocation: location)
            for word in words {
                #expect(lines.last?.contains(word) == true, "\(outcome.error)", sourceLocation: location)
            }
            #expect(!folder.exists("run"), sourceLocation: location)
        }
    }

    /// The data with one row of one file changed.
    private func data(_ change: (String) -> String) throws -> String {
        let copy = folder("data")
        try FileManager.default.copyItem(atPath: runs.path + "/data", toPath: copy)
        let file = copy + "/topic_writing_train.jsonl"
        var lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        lines[2] = change(lines[2])
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        return "data.directory=\(copy)"
    }

    /// The base with one file changed.
    private func base(_ name: String, _ change: ([UInt8]) -> [UInt8]?) throws -> String {
        let copy = folder("base")
        try FileManager.default.copyItem(atPath: runs.path + "/base", toPath: copy)
        let file = URL(filePath: "\(copy)/\(name)")
        let bytes = change([UInt8](try Data(contentsOf: file)))
        try FileManager.default.removeItem(at: file)
        if let bytes { try Data(bytes).write(to: file) }
        return "model.base=\(copy)"
    }

    private static func replace(_ old: String, _ new: String, in bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        guard let range = bytes.firstRange(of: Array(old.utf8)) else { return bytes }
        bytes.replaceSubrange(range, with: new.utf8)
        return bytes
    }

    // MARK: - Configuration

    @Test func anUnknownKeyIsNamedWithTheNearest() async throws {
        try await refused(["sampling.temprature=1"], 78, "temprature", "did you mean sampling.temperature?")
        let file = try folder.write("run: {name: a}\nmode: rest-em\nselection:\n  treshold: 1\n", to: "typo.yaml")
        let outcome = try await Binary.run(["run", file, "--directory", folder("run")])
        outcome.refused(78, "typo.yaml:4", "treshold", "threshold")
        #expect(!folder.exists("run"))
    }

    @Test func aFileThatIsNotThereIsNamed() async throws {
        try await Binary.run(["run", folder("no.yaml")]).refused(66, "no.yaml")
        try await Binary.run(["run", "--resume", folder("no")]).refused(66, "does not exist")
        try await Binary.run(["coordinator", folder("no")]).refused(66, "does not exist")
    }

    @Test func numbersOfProcessesAreAtLeastOne() async throws {
        for option in ["--samplers", "--scorers", "--slots"] {
            let outcome = try await Binary.run(
                ["run", runs.configuration, "--directory", folder("run"), option, "0"])
            outcome.refused(64, option, "at least one")
            #expect(!folder.exists("run"))
        }
    }

    // MARK: - Data

    @Test func aDataDirectoryThatIsNotThere() async throws {
        try await refused(["data.directory=\(folder("none"))"], 66, "none: the data directory does not exist")
    }

    @Test func aRowWithoutOutput() async throws {
        let setting = try data { $0.replacing("\"output\"", with: "\"outptu\"") }
        try await refused([setting], 65, "topic_writing_train.jsonl:3: field \"output\": the row has no output")
    }

    @Test func aLineThatIsNotJSON() async throws {
        let setting = try data { String($0.dropLast(2)) }
        try await refused([setting], 65, "topic_writing_train.jsonl", "3")
    }

    @Test func anEmptyProfile() async throws {
        let setting = try data { $0.replacing(#/"profile":\[.*\]/#, with: "\"profile\":[]") }
        try await refused([setting], 65, "topic_writing_train.jsonl:3: field \"profile\": the profile is empty")
        // It can be left out, or allowed.
        let outcome = try await Binary.run(
            ["run", runs.configuration, "--dry-run", "--set", setting, "--set", "data.emptyProfile=skip"])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("topic_writing: 16 rows, 15 kept"), "\(outcome.output)")
    }

    @Test func profilesSmallerThanKAreCountedAndNotRefused() async throws {
        let outcome = try await Binary.run(
            ["run", runs.configuration, "--dry-run", "--set", "personalization.documents=100"])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("train: 64 prompts have a smaller profile"))
    }

    @Test func aPromptLongerThanTheContext() async throws {
        try await refused(["sampling.maxNewTokens=250"], 65, " row ", "there is room for 6")
        try await refused(["sampling.maxNewTokens=256"], 65, "leave no room for a prompt", "context of 256")
    }

    // MARK: - Base

    @Test func aBaseThatIsNotThere() async throws {
        try await refused(["model.base=\(folder("none"))"], 66, "none is not a directory with a checkpoint")
    }

    @Test func truncatedWeights() async throws {
        let setting = try base("model.safetensors") { Array($0.dropLast(10)) }
        try await refused([setting], 65, "base/model.safetensors is not a usable safetensors file")
    }

    @Test func weightsThatLieAboutTheirType() async throws {
        let setting = try base("model.safetensors") { Self.replace("\"BF16\"", "\"F32\" ", in: $0) }
        try await refused([setting], 65, "base/model.safetensors", "needs", "bytes")
    }

    @Test func weightsThatDoNotFitTheConfiguration() async throws {
        let setting = try base("config.json") {
            Self.replace("\"num_hidden_layers\": 1", "\"num_hidden_layers\": 2", in: $0)
        }
        try await refused([setting], 65, "lacks tensor model.layers.1.")
    }

    @Test func aBaseWithoutTokenizer() async throws {
        let setting = try base("tokenizer.json") { _ in nil }
        try await refused([setting], 65, "there is no tokenizer.json beside the weights")
    }

    @Test func aTokenizerOfAnotherModel() async throws {
        let other = folder("other")
        let made = try await Binary.run(
            "pretrain --world 1 --documents 100 --vocabulary 420 --hidden 32 --layers 1 --heads 2 --steps 1 --batch 1"
                .split(separator: " ").map(String.init) + ["-o", other])
        #expect(made.status == 0, "\(made.error)")
        let tokenizer = try folder.bytes("other/tokenizer.json")
        let setting = try base("tokenizer.json") { _ in tokenizer }
        try await refused([setting], 65, "the tokenizer has 420 tokens but the model only 400")
    }

    // MARK: - Machine

    @Test func aPortInUse() async throws {
        let holder = try Started(
            ["coordinator", folder("holder"), "--config", runs.configuration, "--endpoint", "tcp://127.0.0.1:*"])
        try await eventually("the coordinator listens") { folder.exists("holder/endpoint") }
        let endpoint = String(decoding: try folder.bytes("holder/endpoint"), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try await refused(["cluster.endpoint=\(endpoint)"], 69, "\(endpoint) is already in use")
        holder.signal(SIGTERM)
        #expect(try await holder.outcome().status == 75)
    }

    @Test func anAddressThatCannotBeUsed() async throws {
        try await refused(["cluster.endpoint=tcp://127.0.0.1:1x"], 78, "tcp://HOST:PORT")
        try await refused(["cluster.endpoint=tcp://0.0.0.0:*"], 64, "can be reached from other machines")
        for address in ["nonsense", "tcp://127.0.0.1"] {
            try await Binary.run(["sampler", "--connect", address]).refused(64, "is no endpoint")
        }
    }

    @Test func aDirectoryThatHoldsSomethingElse() async throws {
        _ = try folder.write("mine", to: "notes.txt")
        try await Binary.run(["run", runs.configuration, "--directory", folder.path])
            .refused(73, "is not empty (it holds notes.txt)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["notes.txt"])
    }
}
