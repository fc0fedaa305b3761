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
    ///   settings that contradict each other or do nothing together.
    public func configuration() throws(ConfigurationError) -> RunConfiguration {
        var resolution = Resolution()
        for layer in layers { try resolution.apply(layer) }
        return try resolution.finish(place)
    }
}

/// The layers applied so far.
private struct Resolution {
    struct Given {
        var layer: Int
        var place: Place
    }
    var configuration = RunConfiguration()
    var given: [String: Given] = [:]
    var layer = 0

    mutating func apply(_ tree: Tree) throws(ConfigurationError) {
        layer += 1
        try apply(tree, under: "")
    }

    private mutating func apply(_ tree: Tree, under section: String) throws(ConfigurationError) {
        // A section whose keys are all commented out is empty.
        if !section.isEmpty, tree.plain == "" { return }
        guard case .mapping(let entries) = tree.content else {
            throw ConfigurationError(
                tree.place, key: section,
                "\(section) must be a section of keys (\(Names.members(of: section))), not \(tree.summary).")
        }
        for entry in entries {
            let path = section.isEmpty ? entry.key : section + "." + entry.key
            if let key = RunConfiguration.key(path) {
                try apply(entry, to: key)
            } else if entry.value.isScalar, let short = RunConfiguration.shorthand(path) {
                try apply(entry, to: short)
            } else if Names.isSection(path) {
                try apply(entry.value, under: path)
            } else {
                throw ConfigurationError(entry.place, key: path, Names.unknown(entry.key, in: section))
            }
        }
    }

    private mutating func apply(_ entry: Tree.Entry, to key: Key<RunConfiguration>) throws(ConfigurationError) {
        if let alternative = key.alternatives.first(where: { given[$0]?.layer == layer }) {
            throw ConfigurationError(
                entry.place, key: key.path, "\(key.path) and \(alternative) exclude each other: keep one.")
        }
        do throws(Mismatch) {
            try key.read(entry.value, &configuration)
        } catch {
            throw ConfigurationError(
                entry.value.place, key: key.path,
                "\(key.path) must be \(key.kind), not \(entry.value.summary)\(error.hint).")
        }
        for alternative in key.alternatives { given[alternative] = nil }
        given[key.path] = Given(layer: layer, place: entry.place)
    }

    mutating func finish(_ place: Place) throws(ConfigurationError) -> RunConfiguration {
        for key in RunConfiguration.keys {
            for condition in key.conditions {
                guard let reason = condition.reason(configuration) else { continue }
                let cause = given[condition.cause]?.layer ?? 0
                if let own = given[key.path], own.layer >= cause {
                    throw ConfigurationError(own.place, key: key.path, "\(key.path) does nothing \(reason): remove it.")
                }
                key.reset(&configuration)
                given[key.path] = nil
            }
        }
        for key in RunConfiguration.keys
        where key.isRequired && given[key.path] == nil && key.hasMeaning(in: configuration) {
            throw ConfigurationError(
                place, key: key.path,
                "\(key.path) is missing (\(key.summary)): write it there, or give --set \(key.path)=VALUE.")
        }
        if let conflict = configuration.conflict {
            let last = conflict.keys.compactMap { given[$0] }.max { $0.layer < $1.layer }?.place ?? place
            throw ConfigurationError(last, key: conflict.keys.first, conflict.sentence)
        }
        if !configuration.run.mode.iterates { configuration.run.iterations = 0 }
        return configuration
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
