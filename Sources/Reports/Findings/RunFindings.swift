public import Configuration
public import Digests
import Evaluation
import RolloutCore
public import RunStore

/// Everything a report of one run is made of, as its database has it. Memory grows with prompts and iterations, not with
/// trajectories.
public struct RunFindings: Sendable {
    /// What was started.
    public let info: RunInfo
    /// Its resolved configuration.
    public let configuration: RunConfiguration
    /// Where it stands.
    public let summary: RunSummary
    /// What it learned; nil until it is finished.
    public let digest: Digest?
    /// Evaluations by policy, split and decoding.
    let evaluations: [PolicyEvaluation]
    /// What the E-steps drew, by iteration.
    let expectations: [Expectation]
    /// What was kept, by iteration and task.
    let kept: [KeptTally]
    /// What the selections have in common.
    let overlaps: [KeptOverlap]
    /// Which rows are shown.
    let choice: ExcerptChoice
    /// Those rows with every policy's text.
    let excerpts: [Excerpt]

    /// Reads a run, finished or not.
    ///
    /// - Throws: `RunStoreError` when it has not begun or is damaged; `ConfigurationError` when its configuration is not
    ///   one of this program.
    public init(_ reader: RunReader) throws {
        info = try reader.info()
        var configurations = ConfigurationReader()
        try configurations.add(yaml: info.configuration, file: "run.yaml")
        configuration = try configurations.configuration()
        summary = try reader.summary()
        digest = summary.bestPolicy == nil ? nil : try reader.identity()
        evaluations = try PolicyEvaluation.all(reader, configuration)
        expectations = try Expectation.all(reader)
        kept = try reader.kept()
        overlaps = try reader.keptOverlaps()
        choice = ExcerptChoice(evaluations, policies: summary.policies, best: summary.bestPolicy)
        excerpts = try choice.excerpts(reader)
    }
}

extension RunSummary.Policy {
    /// `base`, `SFT` or `iteration N`.
    public var name: String {
        version == 0 ? (steps == nil ? "base" : "SFT") : "iteration \(version)"
    }
}

extension RunSummary {
    /// A policy's name.
    func policyName(_ version: UInt32) -> String {
        policies.first { $0.version == version }?.name ?? "policy \(version)"
    }
}
