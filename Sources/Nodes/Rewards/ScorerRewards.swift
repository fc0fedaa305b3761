import Configuration
import Digests
import Endpoints
import Logging
import Rewards
import RolloutCore

/// What a scorer computes.
enum ScorerRewards: Sendable {
    /// The metrics of this software, whichever a task names; WordNet lies in a directory or, when nil, where `WNHOME` says.
    case builtIn(wordNet: String?)
    /// The reward of that name, from a source per slot.
    case told(name: String, make: @Sendable () -> any RewardSource)

    /// As a run's configuration says.
    ///
    /// - Parameter judge: The client for a judge behind an endpoint, shared by all slots.
    /// - Throws: `RewardUnavailable` when a scorer of this software cannot compute it.
    init(
        _ reward: RunConfiguration.Reward, judge: EndpointClient? = nil, logger: Logger
    ) throws(RewardUnavailable) {
        switch reward.source {
        case .metric: self = .builtIn(wordNet: reward.wordNet.isEmpty ? nil : reward.wordNet)
        case .command(let words):
            let command = CommandReward.Command(
                words: words, directory: reward.directory.isEmpty ? nil : reward.directory,
                timeLimit: .seconds(reward.timeoutSeconds))
            self = .told(name: reward.name) { CommandReward(command, logger: logger) }
        case .judge(let place):
            let model: JudgeReward.Model
            switch place {
            case .checkpoint: model = .checkpoint(try Self.load(reward.checkpoint))
            case .endpoint:
                let client = judge ?? EndpointClient(Endpoint(reward.endpoint))
                model = .endpoint(client, reward.scoreFrom, attempts: reward.attempts)
            }
            self = .told(name: reward.name(judgedBy: model)) { JudgeReward(model, logger: logger) }
        case .external(let name):
            throw RewardUnavailable(
                "the reward '\(name)' is computed by nodes of your own: start those, for example cluster/python/scorer.py"
            )
        }
    }

    private static func load(_ directory: String) throws(RewardUnavailable) -> BaseModel {
        do {
            return try BaseModel(directory: directory)
        } catch {
            throw RewardUnavailable("the judging model cannot be loaded: \(error)")
        }
    }

    /// A source of the reward that is asked for.
    ///
    /// - Throws: `TaskError` when this is not what these rewards compute, or WordNet is needed and cannot be read.
    func source(of reward: String) throws(TaskError) -> any RewardSource {
        switch self {
        case .builtIn(let wordNet):
            do {
                var specification = try RewardSpecification(reward)
                if specification.needsWordNet { specification.wordNet = try WordNets.find(wordNet) }
                return try MetricReward(specification)
            } catch let error as RewardError {
                throw .deterministic(error.description)
            } catch {
                throw .system("\(error)")
            }
        case .told(let name, let make):
            guard reward == name else {
                throw .system("this scorer computes '\(name)' and the task asks for '\(reward)'")
            }
            return make()
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

extension RunConfiguration.Reward {
    /// The reward's name with what decides it: a judging checkpoint's weights, so that scorers with others are refused.
    func name(judgedBy model: JudgeReward.Model) -> String {
        if case .checkpoint(let model) = model { "judge: \(model.weightsDigest.short)" } else { name }
    }

    /// The same for the coordinator, which does not judge.
    ///
    /// - Throws: what the checkpoint's reader reports.
    func identity() throws -> RewardIdentity {
        guard source == .judge(.checkpoint) else { return RewardIdentity(name: name, isBuiltIn: isBuiltIn) }
        let model = JudgeReward.Model.checkpoint(try BaseModel(directory: checkpoint))
        return RewardIdentity(name: name(judgedBy: model), isBuiltIn: false)
    }
}
