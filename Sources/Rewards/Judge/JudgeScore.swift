/// The five anchored scores a judging model chooses from (REST-PG, arXiv 2501.04167, appendix on rewards): the reward is the
/// most probable one divided by ten.
public enum JudgeScore: Int, Sendable, CaseIterable, Comparable {
    case one = 1
    case three = 3
    case five = 5
    case seven = 7
    case ten = 10

    /// The lower score comes first.
    public static func < (a: JudgeScore, b: JudgeScore) -> Bool { a.rawValue < b.rawValue }

    /// From 0.1 to 1.
    public var reward: Double { Double(rawValue) / 10 }

    /// As the model writes it.
    public var text: String { String(rawValue) }

    /// The most probable score, by the (log-)probability of each; ties go to the lower one.
    ///
    /// - Parameter weights: Any increasing function of probability, one for each score at most; nil when none is finite.
    public static func mostProbable(_ weights: [(score: JudgeScore, weight: Double)]) -> JudgeScore? {
        var best: (score: JudgeScore, weight: Double)?
        for candidate in weights.sorted(by: { $0.score < $1.score }) where candidate.weight.isFinite {
            if let current = best, candidate.weight <= current.weight { continue }
            best = candidate
        }
        return best?.score
    }
}
