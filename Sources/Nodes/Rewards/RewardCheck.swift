public import Configuration
import Rewards

extension RunConfiguration.Reward {
    /// Whether nodes of the user's compute it, so that no scorer of this software is started.
    public var isExternal: Bool { if case .external = source { true } else { false } }

    /// Looks whether scorers on this machine could compute it, before a run is begun.
    ///
    /// - Throws: a sentence: WordNet or the command's program is not here.
    public func check() throws {
        switch source {
        case .metric(let sum):
            var specification = try RewardSpecification(sum)
            if specification.needsWordNet {
                specification.wordNet = try WordNets.find(wordNet.isEmpty ? nil : wordNet)
                _ = try MetricReward(specification)
            }
        case .command(let words):
            let name = words.first ?? ""
            guard Programs.isThere(name, in: directory) else {
                throw RewardUnavailable(
                    "the reward command '\(name)' is not a program here: install it, or give its path")
            }
        case .external, .judge:
            // Endpoints may come up later, and a judging model takes long to load.
            break
        }
    }
}
