/// What keys there are, for errors.
enum Names {
    private static let paths = RunConfiguration.keys.map(\.path)

    static func isSection(_ path: String) -> Bool { paths.contains { $0.hasPrefix(path + ".") } }

    /// Names right below a section, in order.
    private static func children(of section: String) -> [String] {
        var names: [String] = []
        for path in paths {
            guard let rest = section.isEmpty ? path[...] : path.after(section + "."),
                let name = rest.split(separator: ".").first.map(String.init), !names.contains(name)
            else { continue }
            names.append(name)
        }
        return names
    }

    static func members(of section: String) -> String { children(of: section).joined(separator: ", ") }

    /// The sentence for a key that is none: the nearest of its section, or the same word elsewhere, or all there are.
    static func unknown(_ name: String, in section: String) -> String {
        let what = section.isEmpty ? "'\(name)' is not a key" : "'\(name)' is not a key of \(section)"
        if let near = Nearest.name(to: name, among: children(of: section)) {
            return "\(what): did you mean \(section.isEmpty ? near : section + "." + near)?"
        }
        let elsewhere = paths.filter { $0.hasSuffix("." + name) || $0 == name }
        if !elsewhere.isEmpty { return "\(what): it belongs to \(elsewhere.joined(separator: " or "))." }
        return "\(what): there are \(members(of: section))."
    }
}

extension String {
    fileprivate func after(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
