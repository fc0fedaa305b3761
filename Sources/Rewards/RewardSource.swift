/// What rewards come from: the metrics here, a program of the user's, a judging model.
///
/// A scorer's slot holds one and asks it for one task's answers at a time, on its own thread, so it may block as long as its
/// own time limits allow, and no longer: a source that never returns would hold the task for ever.
///
/// Equal requests must give equal outcomes, whoever asks, when, and beside which others: what is learned depends on it.
public protocol RewardSource: Sendable {
    /// One outcome per request, in order.
    ///
    /// - Throws: `RewardUnavailable` when nothing can be judged here for a reason that is not the answers' (a program that
    ///   is not installed, an endpoint that cannot be reached): the task goes elsewhere, or the run stops for a person.
    func rewards(for requests: [RewardRequest]) throws(RewardUnavailable) -> [RewardOutcome]
}

/// One answer with what it is judged against.
public struct RewardRequest: Sendable, Equatable {
    /// Names the answer within its task, as `prompt/sample`.
    public var id: String
    /// The prompt's own text (x).
    public var input: String
    /// The expected output (y).
    public var reference: String
    /// The answer to judge.
    public var answer: String
    /// What was written before the answer; empty in modes that do not reason.
    public var reasoning: String
    /// Whether the model ended the text itself, with a stop token, rather than being cut off.
    public var isFinished: Bool

    /// Creates the value from its parts.
    public init(
        id: String = "", input: String = "", reference: String, answer: String, reasoning: String = "",
        isFinished: Bool = true
    ) {
        self.id = id
        self.input = input
        self.reference = reference
        self.answer = answer
        self.reasoning = reasoning
        self.isFinished = isFinished
    }
}

/// What came of one request.
public enum RewardOutcome: Sendable, Equatable {
    /// The reward, a finite number.
    case value(Double)
    /// There is no reward, and asking again would not give one: an empty reference, or a judge that declines.
    case undefined
    /// Judging failed, for the reason in one sentence: it is tried once more, on another node where there is one, and then
    /// recorded as having no reward.
    case failed(String)
    /// The same, because the source's time limit was over: asking for many such answers one by one would take for ever.
    case timedOut(String)
}

/// Nothing can be judged here, for a reason that is not the answers'.
public struct RewardUnavailable: Error, CustomStringConvertible, Sendable, Equatable {
    /// One sentence: what is missing and what to do.
    public let description: String

    /// A reason in one sentence.
    public init(_ description: String) { self.description = description }
}

/// A weighted sum of metrics as a source.
public struct MetricReward: RewardSource {
    private let specification: RewardSpecification

    /// A source of that sum.
    /// - Throws: `RewardUnavailable` when it needs WordNet and has none.
    public init(_ specification: RewardSpecification) throws(RewardUnavailable) {
        if specification.needsWordNet, specification.wordNet == nil {
            throw RewardUnavailable(
                "meteor needs WordNet: set WNHOME to its directory on every scorer, or use meteor-exact-stem")
        }
        self.specification = specification
    }

    /// The sum for each; undefined against a reference that has nothing to compare with.
    public func rewards(for requests: [RewardRequest]) -> [RewardOutcome] {
        // A prompt's answers stand together and share its reference, which is prepared once.
        var prepared: (reference: String, reward: PreparedReward)?
        return requests.map { request in
            let current: PreparedReward
            if let kept = prepared, kept.reference == request.reference {
                current = kept.reward
            } else {
                current = specification.prepare(reference: request.reference)
                prepared = (request.reference, current)
            }
            let reward = current.reward(
                of: request.answer, reasoning: request.reasoning, isFinished: request.isFinished)
            return reward.map { .value($0) } ?? .undefined
        }
    }
}
