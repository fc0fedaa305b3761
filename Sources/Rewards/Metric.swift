/// A measure of how close a prediction is to a reference, from 0 (nothing in common) to 1.
public enum Metric: String, Sendable, Hashable, CaseIterable {
    /// F-measure of ROUGE-1: common words.
    case rouge1
    /// F-measure of ROUGE-2: common pairs of words.
    case rouge2
    /// F-measure of ROUGE-L: longest common subsequence of words.
    case rougeL
    /// METEOR with its exact and stem stages; the synonym stage needs WordNet, which is not here.
    case meteorStem = "meteor-stem"

    /// The metric of that name.
    /// - Throws: `RewardError` that names the nearest metric.
    public init(named name: String) throws(RewardError) {
        if let metric = Metric(rawValue: name) {
            self = metric
            return
        }
        let names = Metric.allCases.map(\.rawValue)
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

/// Levenshtein's distance to the nearest beginning of the right side, so that `meteor` finds `meteor-stem`, then to the whole.
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
