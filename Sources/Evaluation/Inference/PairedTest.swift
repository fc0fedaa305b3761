/// Student's paired two-tailed t-test: whether two systems differ on the same prompts.
///
/// What REST-PG's tables are tested with (arXiv 2501.04167, p < .05). Equal to `scipy.stats.ttest_rel`.
public struct PairedTest: Sendable, Equatable {
    /// Pairs.
    public let count: Int
    /// Mean of second minus first.
    public let meanDifference: Double
    /// The statistic; infinite when every pair differs by the same.
    public let t: Double
    /// Pairs less one.
    public let degreesOfFreedom: Int
    /// The chance of a difference at least this large between systems that do not differ.
    public let p: Double

    /// Tests pairs; nil for fewer than two, and when no pair differs: there is nothing to test then.
    public init?(_ pairs: some Collection<(first: Double, second: Double)>) {
        let differences = pairs.map { $0.second - $0.first }
        let moments = Moments(differences)
        guard let mean = moments.mean, let error = moments.standardError, differences.contains(where: { $0 != 0 })
        else { return nil }
        count = differences.count
        meanDifference = mean
        t = error == 0 ? (mean < 0 ? -Double.infinity : .infinity) : mean / error
        degreesOfFreedom = count - 1
        p = StudentT(degreesOfFreedom: Double(count - 1)).twoTailed(t)
    }

    /// Holm's step-down adjustment (1979) of the p-values of one table, in their order: below α, the chance that any of
    /// the table's findings is a false one is below α.
    public static func holm(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var adjusted = values
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, Double(values.count - rank) * values[index]))
            adjusted[index] = largest
        }
        return adjusted
    }
}
