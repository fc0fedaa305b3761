import Foundation
import Simulator

/// One seed, shown: its trace, its verdict, or the fewest faults with the same verdict.
struct SeedView {
    private let run: SeedRun
    private let commit: String?

    init(_ run: SeedRun, commit: String?) {
        self.run = run
        self.commit = commit
    }

    /// - Throws: `Failure` when an invariant broke.
    func show(tracing: Bool, shrinking: Bool) throws {
        let truths = Truths()
        let report = run.run(against: truths, tracing: tracing ? { print($0) } : nil)
        if let failure = Self.failure(report, commit: commit) {
            if shrinking { shrink(report, truths) }
            throw failure
        }
        print("seed \(run.seed) is clean: \(Format.duration(report.coverage.time)) simulated, \(report.configuration)")
    }

    private func shrink(_ report: SeedReport, _ truths: Truths) {
        guard var shrinking = Shrinking(run, report: report, truths: truths) else { return }
        var screen = LiveScreen()
        let began = ContinuousClock.now
        shrinking.shrink { state in
            guard began.duration(to: .now) > .seconds(2) else { return }
            let line = "shrinking: \(state.tries) runs, \(state.run.plan.count) faults left"
            screen.show([line], plain: line)
        }
        screen.clear()
        print("What is left after \(shrinking.tries) runs breaks \(report.violation.map { "\($0.invariant)" } ?? ""):")
        for line in shrinking.run.plan { print("  \(line)") }
        print("Replay: \(Self.command(shrinking.run)) --trace")
    }

    private static func command(_ run: SeedRun) -> String {
        var command = "reprise simulate --seed \(run.seed)"
        if run.classes.count < FaultClass.allCases.count {
            command += " --only \(run.classes.sorted().map(\.rawValue).joined(separator: ","))"
        }
        if let events = run.events { command += " --events \(events.map(String.init).joined(separator: ","))" }
        if let mutant = run.mutant { command += " --mutant \(mutant.name)" }
        return command
    }

    /// The one line of a broken invariant; nil where none broke.
    static func failure(_ report: SeedReport, commit: String?) -> Failure? {
        report.violation.map { violation in
            Failure(
                .broken,
                """
                seed \(report.seed), commit \(commit ?? "unknown"), \(report.configuration): invariant \
                \(violation.invariant.rawValue) (\(violation.invariant.rule)) broke after \
                \(Format.duration(violation.time)): \(violation.detail)
                """)
        }
    }
}
