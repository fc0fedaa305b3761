import Chaos
import Configuration
import Digests
import Foundation
import RunStore

/// The run without faults that one with faults is compared with.
struct Baseline {
    let directory: String

    /// A run says nothing about itself.
    ///
    /// - Parameter run: directory of the run that is compared with it.
    /// - Throws: `Failure` when it is that run.
    func refuseItself(_ run: String) throws {
        let places = [run, directory].map { URL(filePath: $0).standardizedFileURL.resolvingSymlinksInPath().path }
        guard places[0] != places[1] else {
            throw Failure(
                .usage,
                "--baseline \(directory) is the run itself, which says nothing: keep one of them elsewhere (--directory)"
            )
        }
    }

    /// What it learned, and how long that took.
    ///
    /// - Parameter run: digest of the configuration, data and base of the run that is compared with it.
    /// - Throws: `Failure` when it is not finished, or is a run of something else.
    func result(for run: String) throws -> Verdict.Run {
        let reader = try RunReader(RunDirectory.open(directory))
        guard try reader.isFinished() else {
            throw Failure(.missing, "\(directory) is not finished: finish it first (reprise run --resume \(directory))")
        }
        guard try reader.stated() == run else {
            throw Failure(
                .data,
                "\(directory) is a run of another configuration, data or base: its digest would say nothing about this one"
            )
        }
        return try reader.asRun()
    }

    /// Whether it has yet to be run.
    var isMissing: Bool { !RunDirectory.isRun(directory) }
}

extension RunReader {
    /// What it learned, and how long that took.
    func asRun() throws -> Verdict.Run {
        Verdict.Run(digest: try identity().description, seconds: try summary().elapsed)
    }

    /// Digest of its configuration, data and base.
    func stated() throws -> String {
        guard case .text(let digest) = try query("select digest from run").rows.first?.first else { return "" }
        return digest
    }

    /// The verdict on a finished run.
    func verdict(
        _ plan: FaultPlan, _ faults: FaultLedger.Tally, ended: Duration, baseline: Verdict.Run?
    ) throws -> Verdict {
        func number(_ sql: String) throws -> Int {
            guard case .integer(let value) = try query(sql).rows.first?.first else { return 0 }
            return Int(value)
        }
        let byTask = "(select count(*) as leases from leases group by iteration, split, kind, task)"
        return Verdict(
            plan: plan, faults: faults, run: try asRun(), baseline: baseline,
            tasks: try number("select count(*) from \(byTask)"), leases: try number("select count(*) from leases"),
            repeated: try number("select count(*) from \(byTask) where leases > 1"),
            quiet: (ended - (faults.last ?? .zero)) / .seconds(1))
    }
}
