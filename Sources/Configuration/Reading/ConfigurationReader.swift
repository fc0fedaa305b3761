import Files

/// Puts a configuration together: defaults, then files from left to right, then `--set` assignments. Later layers win.
///
/// What a later layer makes pointless in an earlier one is set back to its default (`--set mode=sft` on a file with a
/// `selection`); what one layer gives in vain itself is an error, since somebody meant something by it.
public struct ConfigurationReader {
    private var layers: [Tree] = []
    private var place = Place(origin: .file("configuration"))

    /// No layers yet: all defaults.
    public init() {}

    /// Adds a file. Paths of inputs in it are relative to its directory.
    ///
    /// - Throws: `ConfigurationError`, or `FileError` when it cannot be read.
    public mutating func add(file: String) throws {
        let bytes = try FileReader.contents(of: file, limit: 1 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(Place(origin: .file(file)), "this is not text in UTF-8.")
        }
        try add(yaml: text, file: file)
    }

    /// Adds YAML text as if it stood in `file`.
    ///
    /// - Throws: `ConfigurationError` when it is not YAML, with line and column.
    public mutating func add(yaml: String, file: String) throws(ConfigurationError) {
        place = Place(origin: .file(file))
        guard let tree = try Tree(yaml: yaml, origin: .file(file)) else { return }
        guard case .mapping = tree.content else {
            throw ConfigurationError(tree.place, "a configuration is made of lines like 'key: value'.")
        }
        layers.append(tree)
    }

    /// Adds `key=value`, as `--set` takes it; the value is YAML. Paths in it are relative to the current directory.
    ///
    /// - Throws: `ConfigurationError` when it is not of that form.
    public mutating func add(assignment: String) throws(ConfigurationError) {
        layers.append(try Tree(assignment: assignment))
    }

    /// The configuration.
    ///
    /// - Throws: `ConfigurationError`: an unknown key, a value of the wrong type or out of range, a key without a value,
    ///   settings that contradict each other or do nothing together, or several modes or seeds.
    public func configuration() throws(ConfigurationError) -> RunConfiguration {
        var resolution = Resolution()
        for layer in layers { try resolution.apply(layer) }
        return try resolution.finish(place)
    }

    /// One configuration for every mode of `modes` and seed of `run.seeds`, or the only one: mode by mode, each with every
    /// seed.
    ///
    /// What does nothing in one of several modes is left out there; what does nothing in any of them is an error.
    ///
    /// - Throws: `ConfigurationError` as `configuration()` does.
    public func configurations() throws(ConfigurationError) -> [RunConfiguration] {
        var common = Resolution()
        for layer in layers { try common.apply(layer) }
        let modes = common.configuration.run.modes
        let seeds = common.configuration.run.seeds
        let choices: [String] =
            (modes.isEmpty ? [common.configuration.run.mode] : modes).flatMap { mode in
                (seeds.isEmpty ? [common.configuration.run.seed] : seeds).map { seed in
                    "{" + (modes.isEmpty ? "" : "mode: \(mode.rawValue), ")
                        + (seeds.isEmpty ? "" : "run: {seed: \(seed)}") + "}"
                }
            }
        var resolved: [RunConfiguration] = []
        var silenced: [String: Place]?
        for choice in choices {
            var resolution = common
            if let layer = try Tree(yaml: choice, origin: .flag(choice)) { try resolution.apply(layer) }
            resolved.append(try resolution.finish(place))
            silenced = silenced?.filter { resolution.silenced[$0.key] != nil } ?? resolution.silenced
        }
        for key in RunConfiguration.keys {
            guard let place = silenced?[key.path], common.given[key.path]?.layer == common.given["modes"]?.layer else {
                continue
            }
            throw ConfigurationError(place, key: key.path, "\(key.path) does nothing in any of the modes: remove it.")
        }
        return resolved
    }
}

extension Tree {
    /// Reads `a.b=value`.
    init(assignment: String) throws(ConfigurationError) {
        let origin = Place.Origin.flag(assignment)
        let place = Place(origin: origin)
        guard let equals = assignment.firstIndex(of: "=") else {
            throw ConfigurationError(
                place, "an assignment has the form key=value, such as sampling.samplesPerPrompt=8.")
        }
        let names = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !names.contains("") else {
            throw ConfigurationError(
                place, "'\(assignment[..<equals])' is not a key, such as sampling.samplesPerPrompt.")
        }
        let text = String(assignment[assignment.index(after: equals)...])
        var tree = try Tree(yaml: text, origin: origin) ?? Tree(content: .scalar("", isPlain: true), place: place)
        for name in names.reversed() {
            tree = Tree(content: .mapping([Entry(key: name, place: place, value: tree)]), place: place)
        }
        self = tree
    }
}
