public import Digests

extension RunConfiguration {
    /// Every key with its value, as YAML that reads back to the same configuration.
    public var yaml: String {
        var lines: [String] = []
        var open: [Substring] = []
        for setting in ordered {
            guard let value = setting.print(self), !isSwitchedOff(setting.key) else { continue }
            let parts = setting.key.split(separator: ".")
            let sections = Array(parts.dropLast())
            let shared = zip(open, sections).prefix { $0 == $1 }.count
            for depth in shared..<sections.count {
                lines.append(String(repeating: "  ", count: depth) + "\(sections[depth]):")
            }
            open = sections
            lines.append(String(repeating: "  ", count: sections.count) + "\(parts[parts.count - 1]): \(value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Digest of the settings that decide what is learned: equal digests, equal data and equal base give equal weights.
    public var learningDigest: Digest {
        var digest = DigestBuilder("reprise.configuration.v1")
        for setting in Settings.all where setting.isLearned && !isSwitchedOff(setting.key) {
            if let value = setting.print(self) {
                digest.add(setting.key)
                digest.add(value)
            }
        }
        return digest.finish()
    }

    /// Settings of one section together, sections in the order they first come up.
    private var ordered: [Setting] {
        var sections: [String] = []
        var members: [String: [Setting]] = [:]
        for setting in Settings.all {
            let section = String(setting.key.prefix { $0 != "." })
            if members[section] == nil { sections.append(section) }
            members[section, default: []].append(setting)
        }
        return sections.flatMap { members[$0] ?? [] }
    }

    /// Settings that do nothing in the mode are not printed: reading them back would be refused.
    private func isSwitchedOff(_ key: String) -> Bool {
        let mode = run.mode
        if key == "sampling.promptsPerTask" { return false }
        if !mode.iterates, key == "iterations" { return true }
        if !mode.iterates, ["sampling.", "selection.", "training."].contains(where: key.hasPrefix) { return true }
        if !mode.fineTunes, key.hasPrefix("fineTuning.") { return true }
        if !mode.reasons, key == "personalization.rationale" { return true }
        return key == "personalization.documents" && personalization.retriever == .none
    }
}
