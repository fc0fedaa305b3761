public import ArgumentParser
public import RolloutCore

extension Split: ExpressibleByArgument {
    /// `train`, `validation` or `test`.
    public init?(argument: String) {
        guard let split = Split.allCases.first(where: { "\($0)" == argument }) else { return nil }
        self = split
    }

    /// The names, for help and complaints.
    public static var allValueStrings: [String] { allCases.map { "\($0)" } }

    /// Names need none.
    public static var allValueDescriptions: [String: String] { [:] }

    /// The name.
    public var defaultValueDescription: String { "\(self)" }
}
