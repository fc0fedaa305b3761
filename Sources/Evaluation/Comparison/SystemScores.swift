/// One system's rewards on a set of prompts: a policy, a mode, or a mode averaged over seeds.
public struct SystemScores: Sendable, Equatable {
    /// The reward of one prompt.
    public struct Score: Sendable, Equatable {
        /// What makes the prompt the same one in another system.
        public var key: String
        /// The task of the data.
        public var group: String
        /// Its reward, or its mean reward over samples.
        public var reward: Double

        /// Creates the value from its parts.
        public init(key: String, group: String, reward: Double) {
            self.key = key
            self.group = group
            self.reward = reward
        }
    }

    /// What the system is called.
    public var name: String
    /// One score a prompt, in any order; prompts without a reward are not there.
    public var scores: [Score]

    /// Creates the value from its parts.
    public init(name: String, scores: [Score]) {
        self.name = name
        self.scores = scores
    }

    /// Several runs of one system, such as its seeds: each prompt's mean over them, for the prompts that all have.
    ///
    /// Pairing these means compares systems over prompts; the spread between seeds is a different question, which the
    /// seeds' own means answer.
    public init(name: String, averaging systems: [SystemScores]) {
        self.name = name
        guard let first = systems.first else {
            scores = []
            return
        }
        let others = systems.dropFirst().map { system in
            Dictionary(system.scores.map { ($0.key, $0.reward) }, uniquingKeysWith: { first, _ in first })
        }
        scores = first.scores.compactMap { score in
            let rewards = others.compactMap { $0[score.key] }
            guard rewards.count == others.count else { return nil }
            let mean = rewards.reduce(score.reward, +) / Double(systems.count)
            return Score(key: score.key, group: score.group, reward: mean)
        }
    }

    /// Pairs with another system's scores of the same prompts, in this system's order.
    func pairs(with other: SystemScores, group: String?) -> [(first: Double, second: Double)] {
        let rewards = Dictionary(other.scores.map { ($0.key, $0.reward) }, uniquingKeysWith: { first, _ in first })
        return scores.compactMap { score in
            guard group == nil || score.group == group else { return nil }
            return rewards[score.key].map { (score.reward, $0) }
        }
    }

    func rewards(group: String) -> [Double] { scores.filter { $0.group == group }.map(\.reward) }
}
