import Foundation

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

    /// A file of the repository.
    static func file(_ name: String) -> String {
        URL(filePath: #filePath).appending(path: "../../../../\(name)").standardized.path
    }
}
