/// What a run rewards: one metric, or a weighted sum such as `0.5*rouge1+0.5*rougeL`.
///
/// Equal texts give equal rewards, bit for bit, on every machine: only integer counts, multiplication, division, this
/// package's own exp and log, and a sum in the written order reach the result. White space around texts does not matter to
/// any metric.
public struct RewardSpecification: Sendable {
    /// One weighted metric.
    public struct Term: Sendable, Hashable {
        /// What its score is multiplied by: from 0.0001 to 1,000,000.
        public let weight: Double
        /// The metric.
        public let metric: Metric
    }

    /// The sum's terms, in the written order.
    public let terms: [Term]
    /// Whether ROUGE stems words; METEOR's stem stage always does.
    public let isStemming: Bool
    /// Synonyms for METEOR; without them nothing can be judged by it.
    public var wordNet: WordNet?
    private let pool = VocabularyPool()

    /// Reads a specification: terms joined by `+`, each a metric's name or `weight*name`.
    /// - Throws: `RewardError` that names what is wrong and the nearest valid metric.
    public init(_ text: String, isStemming: Bool = true) throws(RewardError) {
        self.isStemming = isStemming
        var terms: [Term] = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            let term = try Term(String(part), in: text)
            guard !terms.contains(where: { $0.metric == term.metric }) else {
                throw RewardError("The reward '\(text)' has \(term.metric.name) twice: add its weights up.")
            }
            terms.append(term)
        }
        self.terms = terms
    }

    /// The reward of one prediction; see `PreparedReward.reward(of:)`.
    public func reward(prediction: String, reference: String) -> Double? {
        prepare(reference: reference).reward(of: prediction)
    }

    /// Takes in a reference once for many predictions.
    public func prepare(reference: String) -> PreparedReward {
        PreparedReward(self, reference: reference, vocabulary: pool.vocabulary())
    }

    /// Whether a term rests on WordNet.
    public var needsWordNet: Bool { terms.contains { $0.metric == .meteor } }

    /// Whether a term looks at what was written before the answer.
    public var needsReasoning: Bool { terms.contains { $0.metric == .reasoned } }
}

extension RewardSpecification: CustomStringConvertible {
    /// The canonical text, which reads back the same.
    public var description: String {
        terms.map { $0.weight == 1 ? $0.metric.name : "\($0.weight)*\($0.metric.name)" }.joined(separator: "+")
    }
}

extension RewardSpecification: Equatable {
    /// Same terms in the same order, same stemming.
    public static func == (left: RewardSpecification, right: RewardSpecification) -> Bool {
        left.terms == right.terms && left.isStemming == right.isStemming
    }
}

extension RewardSpecification.Term {
    /// Reads `name` or `weight*name`.
    init(_ text: String, in whole: String) throws(RewardError) {
        let parts = text.split(separator: "*", omittingEmptySubsequences: false).map(trimmed)
        guard let name = parts.last, parts.count <= 2, !name.isEmpty else {
            throw RewardError("The reward '\(whole)' must be a metric, or terms such as 0.5*rouge1 joined by '+'.")
        }
        metric = try Metric(named: name)
        guard parts.count == 2 else {
            weight = 1
            return
        }
        let isDecimal = parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        guard isDecimal, let value = Double(parts[0]), value >= 0.0001, value <= 1_000_000 else {
            throw RewardError(
                "The weight '\(parts[0])' in the reward '\(whole)' must be a decimal number from 0.0001 to 1000000, such as 0.5."
            )
        }
        weight = value
    }
}

private func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
}
