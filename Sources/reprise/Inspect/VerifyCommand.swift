import ArgumentParser
import Foundation
import Nodes
import RunStore

/// `reprise verify`: whether a run directory is what its run left.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every hash of a run, and draw every conclusion again from its journal.",
        discussion: """
            Looks at the database's pages, the run's digest, the journal (replayed through the coordinator's own logic), every \
            trajectory, blob and policy, and the best checkpoint. Needs nothing but the directory, and changes nothing. \
            Status 0: sound. 75: something is missing or damaged that going on with the run puts right. 65: damaged.

            Example:
              reprise verify runs/demo
            """)

    @Argument(help: "The run's directory.") var run: String

    func run() async throws {
        let directory = try RunDirectory.open(run)
        var meter = VerifyMeter()
        var damaged = 0
        var repairable = 0
        try RunVerifier(directory) { meter.show($0, $1) }.verify { finding in
            meter.clear()
            damaged += finding.damage.count
            repairable += finding.repairable.count
            let name = finding.subject.padding(toLength: 13, withPad: " ", startingAt: 0)
            if finding.damage.isEmpty, finding.repairable.isEmpty { print("✓ \(name)\(finding.summary)") }
            for line in finding.damage { print("✗ \(name)\(line)") }
            for line in finding.repairable { print("▲ \(name)\(line)") }
        }
        if damaged > 0 {
            throw Failure(
                .data, "\(run) is damaged in \(damaged) places: put back a copy of the directory or start a new run")
        }
        if repairable > 0 {
            throw Failure(
                .drained, "\(run) lacks \(repairable) things that can be made again: reprise run --resume \(run)")
        }
        print("sound: everything in \(run) is what its run left")
    }
}

/// What is being checked, on a terminal, when it takes long.
private struct VerifyMeter {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var began: (subject: String, at: ContinuousClock.Instant)?
    private var shown = ContinuousClock.now
    private var isShown = false

    mutating func show(_ subject: String, _ done: Double) {
        guard isTerminal else { return }
        if began?.subject != subject { began = (subject, .now) }
        guard let began, shown.duration(to: .now) > .milliseconds(200) else { return }
        shown = .now
        isShown = true
        let elapsed = began.at.duration(to: .now) / .seconds(1)
        let left = done > 0.01 ? "  \(Format.duration(.seconds(elapsed / done - elapsed))) left" : ""
        let line = "\r\u{1B}[K  \(subject)  \(Format.bar(done))\(left)"
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    mutating func clear() {
        guard isShown else { return }
        isShown = false
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
    }
}
