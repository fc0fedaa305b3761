/// Reads a section that stands alone, such as an element of a list, by the same rules as a configuration.
struct SectionReader<Root: Section> {
    private(set) var value = Root()
    /// Where each key was given.
    private(set) var given: [String: Place] = [:]
    /// Names that are read elsewhere, for what was probably meant.
    private let others: [String]

    init(others: [String] = []) { self.others = others }

    mutating func read(_ entries: [Tree.Entry]) throws(ConfigurationError) {
        for entry in entries {
            guard let key = Root.keys.first(where: { $0.path == entry.key }) else {
                throw ConfigurationError(entry.place, key: entry.key, unknown(entry.key))
            }
            if let alternative = key.alternatives.first(where: { given[$0] != nil }) {
                throw ConfigurationError(
                    entry.place, key: key.path, "\(key.path) and \(alternative) exclude each other: keep one.")
            }
            do throws(Mismatch) {
                try key.read(entry.value, &value)
            } catch {
                throw ConfigurationError(
                    entry.value.place, key: key.path,
                    "\(key.path) must be \(key.kind), not \(entry.value.summary)\(error.hint).")
            }
            given[key.path] = entry.place
        }
    }

    private func unknown(_ name: String) -> String {
        let names = Root.keys.map(\.path) + others
        if let near = Nearest.name(to: name, among: names) { return "'\(name)' is not a key: did you mean \(near)?" }
        return "'\(name)' is not a key: there are \(names.joined(separator: ", "))."
    }
}
