import Configuration
import Logging
import Rewards

/// What a scorer computes.
enum ScorerRewards: Sendable {
    /// The metrics of this software, whichever a task names; WordNet lies in a directory or, when nil, where `WNHOME` says.
    case builtIn(wordNet: String?)
    /// The reward of that name, from a source per slot.
    case told(name: String, make: @Sendable () -> any RewardSource)

    /// As a run's configuration says.
    ///
    /// - Throws: `RewardUnavailable` when a scorer of this software cannot compute it.
    init(_ reward: RunConfiguration.Reward, logger: Logger) throws(RewardUnavailable) {
        switch reward.source {
        case .metric: self = .builtIn(wordNet: reward.wordNet.isEmpty ? nil : reward.wordNet)
        case .command(let words):
            let command = CommandReward.Command(
                words: words, directory: reward.directory.isEmpty ? nil : reward.directory,
                timeLimit: .seconds(reward.timeoutSeconds))
            self = .told(name: reward.name) { CommandReward(command, logger: logger) }
        case .external(let name):
            throw RewardUnavailable(
                "the reward '\(name)' is computed by nodes of your own: start those, for example cluster/python/scorer.py"
            )
        }
    }

    /// What a Hello says; see `Hello.reward`.
    var name: String {
        switch self {
        case .builtIn: ""
        case .told(let name, _): name
        }
    }
}
