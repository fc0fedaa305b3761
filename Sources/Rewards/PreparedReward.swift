/// A reward with its reference taken in, for the samples of one prompt.
public struct PreparedReward: Sendable {
    private let terms: [RewardSpecification.Term]
    private let rouge: Rouge.Prepared?
    private let meteor: Meteor.Prepared?

    init(terms: [RewardSpecification.Term], rouge: Rouge.Prepared?, meteor: Meteor.Prepared?) {
        self.terms = terms
        self.rouge = rouge
        self.meteor = meteor
    }

    /// Whether the reference has nothing that a metric of the sum could match, so that no prediction can be judged by it.
    public var isUndefined: Bool { rouge?.isEmpty == true || meteor?.isEmpty == true }

    /// The weighted sum of the metrics' scores, from 0 to the sum of the weights; an empty prediction has 0.
    ///
    /// Nil when the reference is undefined: every prediction would score 0 there, which says nothing about the predictions.
    public func reward(of prediction: String) -> Double? {
        guard !isUndefined else { return nil }
        var sum = 0.0
        for (term, score) in zip(terms, scores(of: prediction)) { sum += term.weight * score.value }
        return sum.isFinite ? sum : nil
    }

    /// Each metric's own score, in the order of the terms, without weights. Against an undefined reference they are 0, as the
    /// reference implementations have it.
    public func scores(of prediction: String) -> [(metric: Metric, value: Double)] {
        let read = rouge?.read(prediction)
        return terms.map { term in
            guard term.metric != .meteorStem else { return (term.metric, meteor?.score(of: prediction) ?? 0) }
            guard let rouge, let read else { return (term.metric, 0) }
            let score =
                switch term.metric {
                case .rouge1: rouge.rouge1(read)
                case .rouge2: rouge.rouge2(read)
                case .rougeL, .meteorStem: rouge.rougeL(read)
                }
            return (term.metric, score.fMeasure)
        }
    }
}
