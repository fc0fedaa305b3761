public import Digests

extension RunConfiguration {
    /// Every key that has a meaning in this run, with its value, as YAML that reads back to the same configuration.
    public var yaml: String {
        var lines: [String] = []
        var place = Outline()
        for (key, value) in shown {
            lines += place.move(to: key.path)
            lines.append("\(place.indent)\(place.name): \(value.yaml)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

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
        var lines: [String] = []
        var place = Outline()
        for key in keys {
            let headers = place.move(to: key.path)
            if headers.first.map({ !$0.hasPrefix(" ") }) ?? false { lines.append("") }
            lines += headers
            let others = key.alternatives.joined(separator: ", ")
            let value = key.isRequired ? "# required" : key.show(defaults)?.yaml ?? "# instead of \(others)"
            lines.append("\(place.indent)# \(key.summary): \(key.kind)")
            // One that would do nothing beside the defaults cannot stand there.
            lines.append("\(place.indent)\(key.hasMeaning(in: defaults) ? "" : "# ")\(place.name): \(value)")
        }
        return lines.joined(separator: "\n").trimmingPrefix("\n") + "\n"
    }

    private var shown: [(key: Key<RunConfiguration>, value: Shown)] {
        Self.keys.compactMap { key in
            guard key.hasMeaning(in: self), let value = key.show(self) else { return nil }
            return (key, value)
        }
    }
}

/// Where in nested sections the lines of a YAML text are.
private struct Outline {
    private var sections: [Substring] = []
    /// The last part of the path.
    private(set) var name: Substring = ""

    var indent: String { Self.indent(sections.count) }

    /// Goes on to a key; returns the lines that open sections on the way.
    mutating func move(to path: String) -> [String] {
        var parts = path.split(separator: ".")
        name = parts.removeLast()
        let shared = zip(sections, parts).prefix { $0 == $1 }.count
        sections = parts
        return (shared..<parts.count).map { "\(Self.indent($0))\(parts[$0]):" }
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

extension Shown {
    var yaml: String {
        switch self {
        case .scalar(let text): Self.scalar(text)
        case .list(let texts): "[" + texts.map(Self.scalar).joined(separator: ", ") + "]"
        case .pair(let key, let value): "{\(key): \(Self.scalar(value))}"
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
