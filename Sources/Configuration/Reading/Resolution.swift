/// The layers applied so far.
struct Resolution {
    struct Given {
        var layer: Int
        var place: Place
    }
    var configuration = RunConfiguration()
    var given: [String: Given] = [:]
    var layer = 0
    /// Keys that were set back to their defaults, because later layers made them pointless.
    private(set) var silenced: [String: Place] = [:]

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
        for alternative in key.alternatives { RunConfiguration.key(alternative)?.reset(&configuration) }
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
            let vain = key.conditions.compactMap { condition in
                condition.reason(configuration).map { (layer: given[condition.cause]?.layer ?? 0, reason: $0) }
            }
            guard let first = vain.first else { continue }
            if let own = given[key.path], !vain.contains(where: { $0.layer > own.layer }) {
                throw ConfigurationError(
                    own.place, key: key.path, "\(key.path) does nothing \(first.reason): remove it.")
            }
            key.reset(&configuration)
            if let own = given.removeValue(forKey: key.path) { silenced[key.path] = own.place }
        }
        for (key, isGiven) in [
            ("modes", !configuration.run.modes.isEmpty), ("run.seeds", !configuration.run.seeds.isEmpty),
        ]
        where isGiven {
            throw ConfigurationError(
                given[key]?.place ?? place, key: key,
                "\(key) is for several runs: give it to reprise compare, or choose one with --set \(key.dropLast())=….")
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
