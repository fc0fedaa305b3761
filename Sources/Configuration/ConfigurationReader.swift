import Files

/// Puts a configuration together: defaults, then files from left to right, then `--set` assignments.
public struct ConfigurationReader {
    private var layers: [Layer] = []

    /// No layers yet: all defaults.
    public init() {}

    /// Adds a file. Paths in it are relative to its directory.
    ///
    /// - Throws: `ConfigurationError` or `FileError`.
    public mutating func add(file: String) throws {
        let bytes = try FileReader.contents(of: file, limit: 1 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(file, "not UTF-8 text")
        }
        layers.append(try Layer(yaml: text, file: file))
    }

    /// Adds YAML text as if it stood in `file`.
    public mutating func add(yaml: String, file: String) throws(ConfigurationError) {
        layers.append(try Layer(yaml: yaml, file: file))
    }

    /// Adds `key=value`. Paths in it are relative to the current directory.
    public mutating func add(assignment: String) throws(ConfigurationError) {
        layers.append(try Layer(assignment: assignment))
    }

    /// The configuration.
    ///
    /// - Throws: `ConfigurationError`: an unknown key, a value of the wrong type or out of range, settings that contradict
    ///   each other or do nothing together.
    public func configuration() throws(ConfigurationError) -> RunConfiguration {
        var configuration = RunConfiguration()
        var given: [Given] = []
        for (depth, layer) in layers.enumerated() {
            for entry in layer.entries {
                guard let setting = Settings.setting(entry.key) else {
                    let isSection = Settings.isSection(entry.key)
                    throw ConfigurationError(
                        entry.place, isSection ? "`\(entry.key)` expects keys below it" : Settings.unknown(entry.key))
                }
                do {
                    try setting.read(&configuration, entry.value, layer.directory)
                } catch {
                    throw ConfigurationError(entry.place, "`\(entry.key)` \(error.text)")
                }
                given.append(Given(key: entry.key, place: entry.place, depth: depth))
            }
        }
        try Self.checkAlternatives(given)
        try Self.checkEffect(given, configuration)
        if !configuration.run.mode.iterates { configuration.run.iterations = 0 }
        return configuration
    }

    private struct Given {
        let key: String
        let place: String
        let depth: Int
    }

    private static let alternatives = [
        ["fineTuning.epochs", "fineTuning.steps"], ["training.epochs", "training.steps"],
        ["selection.threshold.absolute", "selection.threshold.quantile", "selection.threshold.marginOverFirst"],
    ]

    private static func checkAlternatives(_ given: [Given]) throws(ConfigurationError) {
        for keys in alternatives {
            let found = given.filter { keys.contains($0.key) }
            for (first, second) in zip(found, found.dropFirst())
            where first.depth == second.depth && first.key != second.key {
                throw ConfigurationError(
                    second.place, "`\(second.key)` and `\(first.key)` exclude each other; keep one")
            }
        }
    }

    /// Refuses settings that do nothing in the mode. Those of an earlier layer than the mode are fine: a mode put on top
    /// of a file switches them off.
    private static func checkEffect(_ given: [Given], _ configuration: RunConfiguration) throws(ConfigurationError) {
        let mode = configuration.run.mode
        let modeDepth = given.last { $0.key == "mode" }?.depth ?? 0
        var idle: [String] = []
        if !mode.iterates { idle += ["iterations", "sampling.", "selection.", "training."] }
        if !mode.fineTunes { idle.append("fineTuning.") }
        if !mode.reasons { idle.append("personalization.rationale") }
        let kept = ["sampling.promptsPerTask"]
        for entry in given where entry.depth >= modeDepth && !kept.contains(entry.key) {
            if idle.contains(where: { $0.hasSuffix(".") ? entry.key.hasPrefix($0) : entry.key == $0 }) {
                throw ConfigurationError(
                    entry.place, "`\(entry.key)` has no effect in mode \(mode.rawValue); remove it")
            }
        }
        if configuration.personalization.retriever == .none,
            let entry = given.last(where: { $0.key == "personalization.documents" }),
            configuration.personalization.documents > 0,
            entry.depth >= (given.last { $0.key == "personalization.retriever" }?.depth ?? 0)
        {
            throw ConfigurationError(
                entry.place, "`personalization.documents` has no effect with retriever none; remove it")
        }
    }
}
