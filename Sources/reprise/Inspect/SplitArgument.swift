public import ArgumentParser
public import RolloutCore

extension Split: ExpressibleByArgument {
    /// `train`, `validation` or `test`.
    public init?(argument: String) {
        guard let split = Split.allCases.first(where: { "\($0)" == argument }) else { return nil }
        self = split
    }
}
