import Foundation
import RunStore
import Synchronization
import Testing

/// A base, data and configuration small enough for whole runs in seconds, made once by the command itself.
struct TinyRuns: Sendable {
    let path: String

    /// What all tests share; its folder goes when the tests end.
    static let shared = Task { try await TinyRuns() }

    /// The configuration file.
    var configuration: String { path + "/run.yaml" }

    /// A run of it, finished, on one sampler.
    static let finished = Task {
        let runs = try await shared.value
        let outcome = try await Binary.run(["run", runs.configuration, "--directory", runs.path + "/finished"])
        return FinishedRun(path: runs.path + "/finished", outcome: outcome)
    }

    private static let folders = Mutex<[String]>([])

    private init() async throws {
        path = FileManager.default.temporaryDirectory.appending(path: "reprise-cluster-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        Self.folders.withLock { $0.append(path) }
        atexit { TinyRuns.removeFolders() }
        for command in [
            "data synthesize --seed 1 --train 16 --validation 1 --test 1 --plain -o \(path)/data",
            "pretrain --world 1 --documents 200 --vocabulary 400 --hidden 32 --layers 1 --heads 2 --context 256"
                + " --steps 40 --batch 8 --learning-rate 0.01 --threads 1 -o \(path)/base",
        ] {
            let outcome = try await Binary.run(command.split(separator: " ").map(String.init))
            try #require(outcome.status == 0, "\(outcome.error)")
        }
        try Self.yaml.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    private static func removeFolders() {
        for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// 64 tasks an E-step, so that there is time to disturb one. The mode is rest-em, whose answer is the whole text: so
    /// small a model would hardly ever write the marker.
    private static let yaml = """
        run: {name: tiny, seed: 1}
        mode: rest-em
        iterations: 2
        data: {directory: data}
        model: {base: base}
        personalization: {documents: 2}
        fineTuning: {learningRate: 0.01, epochs: 1, batchSize: 8, warmupSteps: 1}
        sampling: {samplesPerPrompt: 64, temperature: 1, maxNewTokens: 96, promptsPerTask: 1}
        selection: {threshold: {absolute: 0.01}, cap: 2}
        training: {learningRate: 0.01, epochs: 1, batchSize: 8, warmupSteps: 1}
        evaluation: {maxNewTokens: 48, decodings: {temperature: 0.8}}
        cluster: {learnerThreads: 1, leaseSeconds: 3, heartbeatSeconds: 0.2}

        """

    /// A path for a new run, which another file's run of that name does not share.
    func directory(_ name: String, in file: String = #fileID) -> String {
        "\(path)/\(URL(filePath: file).deletingPathExtension().lastPathComponent)-\(name)"
    }
}

/// A run that came to its end.
struct FinishedRun: Sendable {
    let path: String
    let outcome: Binary.Outcome

    /// The digest it printed.
    var digest: String? {
        outcome.lines.first { $0.hasPrefix("digest") }?.split(separator: " ").last.map(String.init)
    }
}

/// Lines of a run's logs.
struct RunLog {
    let directory: String

    func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(directory)/logs/\(name).log", encoding: .utf8)) ?? ""
    }

    func count(_ words: String, in name: String = "coordinator") -> Int { text(name).ranges(of: words).count }

    /// Waits until the log has the words that often.
    func wait(
        for words: String, times: Int = 1, in name: String = "coordinator",
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        try await eventually("\(name).log has \(times) × \(words)", at: location) { count(words, in: name) >= times }
    }
}
