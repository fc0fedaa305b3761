import Yams

/// One source of settings: a file or a `--set` flag, flattened to dotted keys with the place each was given.
struct Layer {
    struct Entry {
        let key: String
        let value: LeafValue
        let place: String
    }

    private(set) var entries: [Entry] = []
    /// What relative paths are relative to; empty for the current directory.
    let directory: String

    /// Reads YAML.
    ///
    /// - Throws: `ConfigurationError` with file, line and column: not YAML, a key twice, a value where keys belong.
    init(yaml: String, file: String) throws(ConfigurationError) {
        directory = file.contains("/") ? String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) : ""
        let root: Node?
        do {
            root = try compose(yaml: yaml)
        } catch let error as YamlError {
            throw ConfigurationError(file, "not YAML: \(Self.sentence(error))")
        } catch {
            throw ConfigurationError(file, "not YAML: \(error)")
        }
        guard let root, !Self.isEmpty(root) else { return }
        guard case .mapping = root else { throw ConfigurationError(file, "expects `key: value` lines at the top") }
        try flatten(root, prefix: "", file: file)
    }

    /// Reads `key=value`, as `--set` gives it.
    init(assignment: String) throws(ConfigurationError) {
        directory = ""
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw ConfigurationError("--set \(assignment)", "expects key=value, such as sampling.samplesPerPrompt=8")
        }
        let text = String(assignment[assignment.index(after: equals)...])
        let isList = text.hasPrefix("[") && text.hasSuffix("]")
        let list = text.dropFirst().dropLast().split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
        entries = [
            Entry(
                key: String(assignment[..<equals]), value: isList ? .list(list) : .scalar(text),
                place: "--set \(assignment)")
        ]
    }

    private static func isEmpty(_ node: Node) -> Bool {
        if case .scalar(let scalar) = node { return scalar.string.isEmpty }
        return false
    }

    private mutating func flatten(_ node: Node, prefix: String, file: String) throws(ConfigurationError) {
        guard case .mapping(let mapping) = node else { return }
        for (name, value) in mapping {
            let place = name.mark.map { "\(file):\($0.line):\($0.column)" } ?? file
            guard let text = name.string else { throw ConfigurationError(place, "expects a text as key") }
            let key = prefix.isEmpty ? text : "\(prefix).\(text)"
            switch value {
            case .mapping:
                guard Settings.isSection(key) else {
                    throw ConfigurationError(
                        place, Settings.isSetting(key) ? "`\(key)` expects a value" : Settings.unknown(key))
                }
                try flatten(value, prefix: key, file: file)
            case .sequence(let sequence):
                var texts: [String] = []
                for element in sequence {
                    guard case .scalar(let scalar) = element else {
                        throw ConfigurationError(place, "`\(key)` expects a list of plain values")
                    }
                    texts.append(scalar.string)
                }
                entries.append(Entry(key: key, value: .list(texts), place: place))
            case .scalar(let scalar):
                entries.append(Entry(key: key, value: .scalar(scalar.string), place: place))
            case .alias:
                throw ConfigurationError(place, "`\(key)`: aliases are not supported")
            }
        }
    }

    private static func sentence(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, _):
            "the key `\(duplicates.first.map { "\($0)" } ?? "")` stands twice; keep one"
        default:
            "\(error)"
        }
    }
}

extension Settings {
    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// The setting of that name.
    public static func setting(_ key: String) -> Setting? { byKey[key] }

    static func isSetting(_ key: String) -> Bool { byKey[key] != nil }

    /// Whether keys lie below this one.
    static func isSection(_ key: String) -> Bool { all.contains { $0.key.hasPrefix(key + ".") } }

    /// The sentence for a key that does not exist, with the nearest one that does.
    static func unknown(_ key: String) -> String {
        var names = all.map(\.key)
        for name in all.map(\.key) {
            var parts = name.split(separator: ".")
            while parts.count > 1 {
                parts.removeLast()
                let section = parts.joined(separator: ".")
                if !names.contains(section) { names.append(section) }
            }
        }
        let nearest = names.min { EditDistance.between(key, $0) < EditDistance.between(key, $1) } ?? ""
        return "there is no key `\(key)`; did you mean `\(nearest)`?"
    }
}

/// Levenshtein's distance: insertions, deletions and replacements.
enum EditDistance {
    static func between(_ left: String, _ right: String) -> Int {
        let right = Array(right.lowercased())
        var row = Array(0...right.count)
        for (i, a) in left.lowercased().enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
