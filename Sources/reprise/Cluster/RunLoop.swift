import Foundation
import Nodes
import RunStore

/// Keeps a local cluster going and shows the run until it ends.
struct RunLoop {
    let cluster: LocalCluster
    let directory: RunDirectory

    /// Returns when the run is finished.
    ///
    /// - Throws: `Failure` when it was stopped, halted, or its processes die too often.
    func run() async throws {
        var screen = LiveScreen()
        let interrupts = Interrupts()
        defer { withExtendedLifetime(interrupts) {} }
        try cluster.start()
        var reader: RunReader?
        var clock = TrainingClock()
        var isDraining = false
        var lastShown = ContinuousClock.now - .seconds(1)
        while true {
            let state = try cluster.tick { screen.note($0) }
            if state != .running {
                screen.clear()
                await cluster.end()
                return try conclude(state, reader)
            }
            if interrupts.count > 0, !isDraining {
                isDraining = true
                screen.note("draining: nodes finish what they hold; a second Ctrl-C ends everything at once")
                cluster.drain()
            }
            if interrupts.count > 1 {
                await cluster.end(grace: .zero)
                throw Failure(.drained, "stopped; go on with: reprise run --resume \(directory.path)")
            }
            if lastShown.duration(to: .now) > .milliseconds(400) {
                lastShown = .now
                reader = reader ?? (try? RunReader(directory))
                if let summary = try? reader?.summary() {
                    let view = RunView(summary: summary, trainingTimeLeft: clock.timeLeft(summary.training))
                    screen.show(view.lines, plain: view.plain)
                } else {
                    screen.show(["preparing the run"], plain: "preparing the run")
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func conclude(_ state: LocalCluster.State, _ reader: RunReader?) throws {
        switch state {
        case .running: return
        case .gaveUp(let explanation): throw Failure(.unavailable, explanation)
        case .finished(let status) where status == 0:
            let reader = try reader ?? RunReader(directory)
            for line in RunView(summary: try reader.summary()).lines { print(line) }
            let table = try ResultTable(reader)
            print("\n" + table.lines.joined(separator: "\n"))
            let tasks = table.taskLines
            if !tasks.isEmpty { print("\n" + tasks.joined(separator: "\n")) }
            print("\ndigest  \(try reader.identity())")
            print("best policy  \(directory.checkpoints)/best")
        case .finished(let status):
            throw Failure(ExitStatus(rawValue: status) ?? .unavailable, lastWords(status))
        }
    }

    /// The coordinator's own sentence, the last line of its log.
    private func lastWords(_ status: Int32) -> String {
        let log = (try? String(contentsOfFile: "\(directory.logs)/coordinator.log", encoding: .utf8)) ?? ""
        let last = log.split(separator: "\n").last { $0.hasPrefix("reprise: ") }
        return last.map { String($0.dropFirst("reprise: ".count)) }
            ?? "the coordinator ended with status \(status); read \(directory.logs)/coordinator.log"
    }
}
