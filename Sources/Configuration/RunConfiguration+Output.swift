public import Digests

extension RunConfiguration {
    /// Every key that has a meaning in this run, with its value, as YAML that reads back to the same configuration.
    public var yaml: String {
        var writer = SectionWriter()
        for (key, value) in shown {
            let (indent, name) = writer.open(key.path)
            writer.lines.append("\(indent)\(name): \(value.yaml)")
        }
        return writer.lines.joined(separator: "\n") + "\n"
    }

    /// Every key that has a meaning in this run with its value as YAML has it, such as `run.seed` and `1`, in the order of
    /// `yaml`.
    public var settings: [(key: String, value: String)] { shown.map { ($0.key.path, $0.value.yaml) } }

    /// Digest of the settings that decide what is learned: equal digests, equal data and equal base give equal weights.
    ///
    /// The cluster, the run's name and every path are not in it: what the paths lead to counts, wherever it lies.
    public var learningDigest: Digest {
        var digest = DigestBuilder("reprise.configuration.v1")
        for (key, value) in shown where key.isLearned {
            digest.add(key.path)
            digest.add(value.yaml)
        }
        return digest.finish()
    }

    /// All keys with their values, defaults and meaning, as a commented YAML file; those without effect beside the defaults
    /// are comments.
    public static var reference: String {
        let defaults = RunConfiguration()
        var writer = SectionWriter(isSpaced: true)
        for key in keys {
            let (indent, name) = writer.open(key.path)
            let others = key.alternatives.joined(separator: ", ")
            let shown = key.isRequired ? "# required" : key.show(defaults)?.yaml
            // One that would do nothing beside the defaults, or that stands instead of one of them, cannot stand there.
            let isComment = shown == nil || !key.hasMeaning(in: defaults)
            writer.lines.append("\(indent)# \(key.summary): \(key.kind)")
            writer.lines.append("\(indent)\(isComment ? "# " : "")\(name): \(shown ?? "# instead of \(others)")")
        }
        return writer.lines.joined(separator: "\n").trimmingPrefix("\n") + "\n"
    }

    private var shown: [(key: Key<RunConfiguration>, value: Shown)] {
        Self.keys.compactMap { key in
            guard key.hasMeaning(in: self), let value = key.show(self) else { return nil }
            return (key, value)
        }
    }
}

/// Writes keys under the headings of their sections, which may lie in one another.
private struct SectionWriter {
    var lines: [String] = []
    /// Whether an empty line stands before each section.
    var isSpaced = false
    private var sections: [Substring] = []

    init(isSpaced: Bool = false) { self.isSpaced = isSpaced }

    /// Writes the headings a key needs, and gives its indent and name.
    mutating func open(_ path: String) -> (indent: String, name: String) {
        let parts = path.split(separator: ".")
        let wanted = Array(parts.dropLast())
        let shared = zip(sections, wanted).prefix { $0 == $1 }.count
        for depth in shared..<wanted.count {
            if isSpaced, depth == 0 { lines.append("") }
            lines.append(String(repeating: "  ", count: depth) + wanted[depth] + ":")
        }
        sections = wanted
        return (String(repeating: "  ", count: wanted.count), parts.last.map(String.init) ?? path)
    }
}

extension Shown {
    var yaml: String {
        switch self {
        case .scalar(let text): Self.scalar(text)
        case .list(let elements): "[" + elements.map(\.yaml).joined(separator: ", ") + "]"
        case .mapping(let entries): "{" + entries.map { "\($0.key): \($0.value.yaml)" }.joined(separator: ", ") + "}"
        }
    }

    /// Plain where nobody could take it for anything else, otherwise in double quotes.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"): index > 0 || Double(text) != nil
            default: false
            }
        }
        if isPlain, !text.isEmpty { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                quoted += "\\x" + (hex.count < 2 ? "0" : "") + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
