import Yams

/// A piece of a configuration as it was written: scalars are still text, since only the schema knows what they should be.
/// That is why `name: 2024` or `name: no` are names here, whatever YAML's own typing says.
struct Tree: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        /// `isPlain`: without quotes.
        case scalar(String, isPlain: Bool)
        case list([Tree])
        case mapping([Entry])
    }
    struct Entry: Sendable, Equatable {
        var key: String
        var place: Place
        var value: Tree
    }
    var content: Content
    var place: Place

    /// What stands there, for an error.
    var summary: String {
        switch content {
        case .scalar("", isPlain: true), .scalar("~", isPlain: true), .scalar("null", isPlain: true): "empty"
        case .scalar(let text, isPlain: true): "'\(text.prefix(60))'"
        case .scalar(let text, isPlain: false): "the text \"\(text.prefix(60))\""
        case .list: "a list"
        case .mapping: "a section"
        }
    }
}

extension Tree {
    /// Reads YAML 1.1 as libyaml does, without anchors, tags and further documents.
    ///
    /// - Returns: nil for a text of comments only.
    init?(yaml text: String, origin: Place.Origin) throws(ConfigurationError) {
        do {
            // Nodes only know of their anchors while the parser lives.
            let parser = try Parser(yaml: text, encoding: .utf8)
            guard let root = try parser.singleRoot() else { return nil }
            try self.init(root, origin: origin)
            withExtendedLifetime(parser) {}
        } catch let error as ConfigurationError {
            throw error
        } catch let error as YamlError {
            throw ConfigurationError(error, origin: origin, text: text)
        } catch {
            throw ConfigurationError(Place(origin: origin), "this is not YAML: \(error).")
        }
    }

    private init(_ node: Node, origin: Place.Origin) throws(ConfigurationError) {
        place = Place(origin: origin, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
        // Aliases can make a short text expand without end.
        guard node.anchor == nil else {
            throw ConfigurationError(place, "anchors and aliases are not used in configurations: write the value out.")
        }
        switch node {
        case .scalar(let scalar):
            content = .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any)
        case .sequence(let sequence):
            var list: [Tree] = []
            for element in sequence { list.append(try Tree(element, origin: origin)) }
            content = .list(list)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                let place = Place(origin: origin, line: key.mark?.line ?? 0, column: key.mark?.column ?? 0)
                guard case .scalar(let name) = key else {
                    throw ConfigurationError(place, "a key must be a word.")
                }
                entries.append(Entry(key: name.string, place: place, value: try Tree(value, origin: origin)))
            }
            content = .mapping(entries)
        case .alias:
            throw ConfigurationError(place, "anchors and aliases are not used in configurations: write the value out.")
        }
    }
}

extension ConfigurationError {
    init(_ error: YamlError, origin: Place.Origin, text: String) {
        func at(_ mark: Mark?) -> Place { Place(origin: origin, line: mark?.line ?? 0, column: mark?.column ?? 0) }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let hasTab = lines.indices.contains(mark.line - 1) && lines[mark.line - 1].contains("\t")
            let hint = hasTab ? "; indent with spaces, not tabs" : ""
            self.init(at(mark), "this is not YAML: \(problem)\(hint).")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            self.init(at(context.mark), key: duplicates.first, "\(names) is given twice: keep one.")
        case .reader(let problem, _, _, _):
            self.init(at(nil), "this is not text in UTF-8: \(problem).")
        default:
            self.init(at(nil), "this is not YAML.")
        }
    }
}
