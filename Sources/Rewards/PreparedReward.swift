/// A reward with its reference taken in, for the samples of one prompt.
public struct PreparedReward: Sendable {
    private let terms: [RewardSpecification.Term]
    private let rouge: Rouge.Prepared?
    private let meteor: Meteor.Prepared?
    private let meteorExactStem: Meteor.Prepared?
    private let bleu: Bleu?
    private let chrf: ChrF?
    /// Words of the reference, as white space separates them.
    private let length: Int
    /// Whether no prediction can be judged: the reference has nothing that a metric of the sum could match, or METEOR lacks
    /// its WordNet.
    public let isUndefined: Bool

    init(_ specification: RewardSpecification, reference: String, vocabulary: Vocabulary) {
        func needs(_ metrics: Metric...) -> Bool { specification.terms.contains { metrics.contains($0.metric) } }
        terms = specification.terms
        rouge =
            needs(.rouge1, .rouge2, .rougeL)
            ? Rouge.Prepared(reference, isStemming: specification.isStemming, vocabulary: vocabulary) : nil
        let words = needs(.meteor, .meteorExactStem) ? MeteorTokenizer.words(reference) : []
        meteor =
            needs(.meteor) ? Meteor.Prepared(words, wordNet: specification.wordNet, vocabulary: vocabulary) : nil
        meteorExactStem =
            needs(.meteorExactStem) ? Meteor.Prepared(words, wordNet: nil, vocabulary: vocabulary) : nil
        bleu = needs(.bleu) ? Bleu(reference) : nil
        chrf = needs(.chrf) ? ChrF(reference) : nil
        length = PythonText.split(reference.unicodeScalars).count
        isUndefined =
            rouge?.isEmpty == true || meteor?.isEmpty == true || meteorExactStem?.isEmpty == true
            || bleu?.isEmpty == true
            || chrf?.isEmpty == true || (needs(.length(nil)) && length == 0)
            || (specification.needsWordNet && specification.wordNet == nil)
    }

    /// The weighted sum of the metrics' scores, from 0 to the sum of the weights.
    ///
    /// Nil when it is undefined: every prediction would score 0 there, which says nothing about the predictions.
    public func reward(of prediction: String, reasoning: String = "", isFinished: Bool = true) -> Double? {
        guard !isUndefined else { return nil }
        var sum = 0.0
        let scores = scores(of: prediction, reasoning: reasoning, isFinished: isFinished)
        for (term, score) in zip(terms, scores) { sum += term.weight * score.value }
        return sum.isFinite ? sum : nil
    }

    /// Each metric's own score, in the order of the terms, without weights. Against an undefined reference they are 0, as the
    /// reference implementations have it.
    public func scores(
        of prediction: String, reasoning: String = "", isFinished: Bool = true
    ) -> [(metric: Metric, value: Double)] {
        let read = rouge?.read(prediction)
        return terms.map { term in
            let value: Double? =
                switch term.metric {
                case .rouge1: read.flatMap { rouge?.rouge1($0).fMeasure }
                case .rouge2: read.flatMap { rouge?.rouge2($0).fMeasure }
                case .rougeL: read.flatMap { rouge?.rougeL($0).fMeasure }
                case .meteor: meteor?.score(of: prediction)
                case .meteorExactStem: meteorExactStem?.score(of: prediction)
                case .bleu: bleu?.score(of: prediction)
                case .chrf: chrf?.score(of: prediction)
                case .length(let range): lengthScore(prediction, range)
                case .finished: isFinished ? 1 : 0
                case .reasoned: reasoning.unicodeScalars.allSatisfy(PythonText.isSpace) ? 0 : 1
                }
            return (term.metric, value ?? 0)
        }
    }

    private func lengthScore(_ prediction: String, _ range: Metric.LengthRange?) -> Double {
        let count = PythonText.split(prediction.unicodeScalars).count
        if let range { return range.score(count) }
        return count == 0 || length == 0 ? 0 : Double(min(count, length)) / Double(max(count, length))
    }
}
