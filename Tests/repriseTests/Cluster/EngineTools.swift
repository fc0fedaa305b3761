import Checkpoints
import Foundation
import Testing

/// Programs that real engines need.
enum EngineTools {
    /// A Python that has a model server and plain PyTorch.
    static let python = python(with: ["torch", "transformers", "xllamacpp", "gguf", "safetensors", "numpy"])
    /// A Python that has TRL's trainer.
    static let trainer = python(with: ["torch", "transformers", "trl", "peft", "datasets"])

    private static func python(with modules: [String]) -> String? {
        let named = ProcessInfo.processInfo.environment["REPRISE_ENGINES_PYTHON"]
        return (named.map { [$0] } ?? ["/usr/bin/python3", "/usr/local/bin/python3"]).first { path in
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments =
                [
                    "-c",
                    """
                    import importlib.util, sys
                    sys.exit(not all(importlib.util.find_spec(name) for name in sys.argv[1:]))
                    """,
                ] + modules
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }

    /// Runs the tiny configuration for one short iteration, with these engines.
    static func run(_ runs: TinyRuns, _ directory: String, _ engines: [String]) async throws -> Binary.Outcome {
        let settings = [
            "iterations=1", "data.train=8", "sampling.samplesPerPrompt=4", "sampling.promptsPerTask=4",
            "sampling.maxNewTokens=32", "evaluation.maxNewTokens=32", "cluster.leaseSeconds=10",
        ]
        return try await Binary.run(
            ["run", runs.configuration, "--directory", directory] + (settings + engines).flatMap { ["--set", $0] },
            seconds: 900)
    }

    /// A policy of a finished run.
    static func policy(_ version: Int, of directory: String, base: String) async throws -> Checkpoint {
        let delta = try await Binary.run(["query", directory, "select delta from policies where version = \(version)"])
        let name = try #require(delta.lines.last).trimmingCharacters(in: .whitespaces)
        let bytes = try Data(contentsOf: URL(filePath: "\(directory)/blobs/\(name)"))
        return try WeightDelta(bytes: Array(bytes)).apply(to: try Checkpoint.load(directory: base))
    }

    /// A file of the repository.
    static func file(_ name: String) -> String {
        URL(filePath: #filePath).appending(path: "../../../../\(name)").standardized.path
    }
}
