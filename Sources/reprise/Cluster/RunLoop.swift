import Chaos
import Foundation
import Nodes
import RunStore

/// Keeps a local cluster going and shows the run until it ends.
struct RunLoop {
    let cluster: LocalCluster
    let directory: RunDirectory
    let interrupts: Interrupts
    /// Lines above the run's own, such as which of several runs it is.
    var heading: () -> [String] = { [] }
    /// What is done to the cluster on purpose.
    var chaos: ChaosRun?

    /// Returns when the run is finished.
    ///
    /// - Throws: `Failure` when it was stopped, halted, or its processes die too often.
    func run() async throws -> RunReader {
        var screen = LiveScreen()
        chaos?.attach(to: cluster)
        defer { chaos?.session.end() }
        try cluster.start()
        var reader: RunReader?
        var clock = TrainingClock()
        var isDraining = false
        var lastShown = ContinuousClock.now - .seconds(1)
        while true {
            let state = try cluster.tick { screen.note($0) }
            if state != .running {
                screen.clear()
                chaos?.session.heal()
                await cluster.end()
                return try conclude(state, reader)
            }
            if interrupts.count > 0, !isDraining {
                isDraining = true
                screen.note(
                    "draining: tasks are finished, a training is saved; a second Ctrl-C ends everything at once")
                chaos?.session.heal()
                cluster.drain()
            }
            if interrupts.count > 1 {
                await cluster.end(grace: .zero)
                throw Failure(.drained, "stopped; go on with: reprise run --resume \(directory.path)")
            }
            chaos?.tick(cluster)
            if lastShown.duration(to: .now) > .milliseconds(400) {
                lastShown = .now
                reader = reader ?? (try? RunReader(directory))
                if let summary = try? reader?.summary() {
                    chaos?.look(at: summary)
                    let view = RunView(
                        summary: summary, trainingTimeLeft: clock.timeLeft(summary.training), width: screen.width)
                    let faults = [chaos?.line].compactMap { $0 }
                    screen.show(
                        heading() + view.lines + faults,
                        plain: (heading() + [view.plain, chaos?.plain].compactMap { $0 }).joined(separator: "  "))
                } else {
                    let lines = heading() + ["preparing the run"]
                    screen.show(lines, plain: lines.joined(separator: "  "))
                }
            }
            try await Task.sleep(for: .milliseconds(chaos == nil ? 50 : 20))
        }
    }

    private func conclude(_ state: LocalCluster.State, _ reader: RunReader?) throws -> RunReader {
        switch state {
        case .running, .finished(status: 0, sentence: _): return try reader ?? RunReader(directory)
        case .gaveUp(let explanation): throw Failure(.unavailable, explanation)
        case .refused(let explanation): throw Failure(.refused, explanation)
        case .finished(status: ExitStatus.drained.rawValue, sentence: _):
            throw Failure(
                .drained, "stopped before the run was finished; go on with: reprise run --resume \(directory.path)")
        case .finished(status: let status, sentence: let sentence):
            throw Failure(
                ExitStatus(rawValue: status) ?? .unavailable,
                sentence ?? "the coordinator ended with status \(status); read \(directory.logs)/coordinator.log")
        }
    }
}
