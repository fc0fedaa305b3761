import ArgumentParser
import Chaos
import Configuration
import Foundation
import JSONLines
import RunStore

/// What `reprise run` does to its own cluster on purpose.
struct ChaosOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Faults to inject, such as cluster/chaos/storm.yaml; ends with a verdict.", valueName: "plan"))
    var chaos: String?
    @Option(help: "Draw other times and messages than the plan's own seed does.") var chaosSeed: UInt64?
    @Option(
        help: ArgumentHelp(
            "The same run without faults, for the verdict; it is run first if it is not there.", valueName: "run"))
    var baseline: String?

    func validate() throws {
        if chaos == nil, baseline != nil || chaosSeed != nil {
            throw ValidationError("--baseline and --chaos-seed are for a run with --chaos.")
        }
    }

    /// The plan, where there is one.
    func read() throws -> FaultPlan? { try chaos.map { try FaultPlan(file: $0, seed: chaosSeed) } }
}

extension RunConfiguration {
    /// Without setting tasks aside that cost their nodes: a plan's kills are not the tasks' doing.
    var withoutQuarantine: RunConfiguration {
        var configuration = self
        configuration.cluster.quarantineAfter = 1000
        return configuration
    }
}

extension ChaosRun {
    /// Writes the verdict into the run's directory and prints it.
    ///
    /// - Throws: `Failure` when something else was learned than without faults.
    func judge(_ reader: RunReader, _ directory: RunDirectory, baseline: Baseline?) throws {
        let verdict = try reader.verdict(
            session.plan, session.ledger.tally, ended: session.elapsed,
            baseline: baseline?.result(for: reader.stated()))
        try directory.write(verdict.json.pretty + "\n", to: "chaos.json")
        try verdict.conclude()
    }
}
