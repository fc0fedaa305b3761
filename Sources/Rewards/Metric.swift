/// A measure of one answer, from 0 to 1: how close it is to the reference, or how well it is formed.
public enum Metric: Sendable, Hashable {
    /// F-measure of ROUGE-1: common words.
    case rouge1
    /// F-measure of ROUGE-2: common pairs of words.
    case rouge2
    /// F-measure of ROUGE-L: longest common subsequence of words.
    case rougeL
    /// METEOR with its exact, stem and synonym stages; needs WordNet.
    case meteor
    /// METEOR with its exact and stem stages only.
    case meteorExactStem
    /// Sentence BLEU.
    case bleu
    /// chrF2: common sequences of characters.
    case chrf
    /// How near the number of words is to the reference's (the smaller by the larger), or to a range.
    case length(LengthRange?)
    /// Whether the model ended its text itself.
    case finished
    /// Whether something was written before the answer.
    case reasoned

    /// Numbers of words, both ends included.
    public struct LengthRange: Sendable, Hashable {
        /// Fewest, at least 1.
        public let least: Int
        /// Most.
        public let most: Int

        /// 1 inside; outside it falls with the ratio to the nearer end.
        func score(_ count: Int) -> Double {
            if count < least { return Double(count) / Double(least) }
            return count > most ? Double(most) / Double(count) : 1
        }
    }

    /// What does not take a range.
    static let plain: [Metric] = [
        .rouge1, .rouge2, .rougeL, .meteor, .meteorExactStem, .bleu, .chrf, .length(nil), .finished, .reasoned,
    ]

    /// Every name there is; `length` may have a range behind it, as in `length:50-200`.
    public static let names = plain.map(\.name)

    /// As it is written.
    public var name: String {
        switch self {
        case .rouge1: "rouge1"
        case .rouge2: "rouge2"
        case .rougeL: "rougeL"
        case .meteor: "meteor"
        case .meteorExactStem: "meteor-exact-stem"
        case .bleu: "bleu"
        case .chrf: "chrf"
        case .length(nil): "length"
        case .length(let range?): "length:\(range.least)-\(range.most)"
        case .finished: "finished"
        case .reasoned: "reasoned"
        }
    }

    /// The metric of that name.
    /// - Throws: `RewardError` that names the nearest metric.
    public init(named name: String) throws(RewardError) {
        if let metric = Self.plain.first(where: { $0.name == name }) {
            self = metric
            return
        }
        if name.hasPrefix("length:") {
            let ends = name.dropFirst("length:".count).split(separator: "-", omittingEmptySubsequences: false).map {
                Int($0)
            }
            guard ends.count == 2, case let (least?, most?) = (ends[0], ends[1]), least >= 1, least <= most else {
                throw RewardError("The range in '\(name)' must be two numbers of words, such as length:50-200.")
            }
            self = .length(LengthRange(least: least, most: most))
            return
        }
        let names = Self.names
        let distances = names.map { editDistance(Array(name.lowercased().utf8), Array($0.lowercased().utf8)) }
        let nearest = names.indices.min { distances[$0] < distances[$1] } ?? 0
        throw RewardError(
            "There is no metric '\(name)': did you mean '\(names[nearest])'? The metrics are \(names.joined(separator: ", "))."
        )
    }
}

/// Why a reward cannot be used.
public struct RewardError: Error, CustomStringConvertible, Sendable, Equatable {
    /// One sentence, with the nearest valid spelling.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Levenshtein's distance to the nearest beginning of the right side, so that `rouge` finds `rouge1`, then to the whole.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> (beginning: Int, whole: Int) {
    var row = Array(0...right.count)
    for (above, first) in left.enumerated() {
        var diagonal = row[0]
        row[0] = above + 1
        for (column, second) in right.enumerated() {
            let substituted = diagonal + (first == second ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
        }
    }
    return (row.min() ?? 0, row[right.count])
}
