import Testing

@testable import RunStore
@testable import reprise

/// How a run's screen fits, and what it says of a run that cannot go on.
@Suite struct RunViewTests {
    private let run: FinishedRun

    init() async throws { run = try await TinyRuns.finished.value }

    private func summary(_ change: (inout RunSummary) -> Void) throws -> RunSummary {
        var summary = try RunReader(RunDirectory.open(run.path)).summary()
        summary.bestPolicy = nil
        summary.age = 1
        summary.nodes = ["sampler", "scorer", "learner"].enumerated().map { index, role in
            RunSummary.Node(
                name: "\(role)-with-a-long-name-\(index)", role: role, slots: 1, held: 1, silence: 0, tasksDone: 1,
                tokensPerSecond: 1234)
        }
        change(&summary)
        return summary
    }

    @Test func everythingFitsEightyColumns() throws {
        let training = try summary {
            $0.phase = "training 2"
            $0.training = RunSummary.Training(
                iteration: 2, step: 1234, steps: 12_345, loss: 1.234, tokensPerSecond: 99_999)
        }
        let view = RunView(summary: training, trainingTimeLeft: .seconds(7000), width: 80)
        let line = try #require(view.lines.first { $0.contains("M-step 2") && $0.hasPrefix("▶") })
        #expect(line.count <= 80 && line.hasSuffix("1 h 56 min left"), "\(line)")
        #expect(view.lines.filter { $0.contains("-with-a-long-name-") }.allSatisfy { $0.count <= 80 })
        #expect(view.lines.joined().contains("learner-with-a-long-name-2"))
        // With room the bar is whole.
        let wide = RunView(summary: training, trainingTimeLeft: .seconds(7000)).lines
        #expect(wide.contains { $0.contains(Format.bar(1234.0 / 12_345)) })
    }

    @Test func whoIsWaitedForIsNamed() throws {
        let learnerless = try summary {
            $0.phase = "training 1"
            $0.nodes.removeAll { $0.role == "learner" }
        }
        let view = RunView(summary: learnerless)
        #expect(view.lines.contains("  waiting    for a learner to join"))
        #expect(view.plain.contains("waiting for a learner to join"))
        let whole = try summary { $0.phase = "training 1" }
        #expect(!RunView(summary: whole).plain.contains("waiting"))
    }

    @Test func aCoordinatorThatIsGoneIsSaidInPipesToo() throws {
        let view = RunView(
            summary: try summary {
                $0.phase = "training 1"; $0.age = 90
            })
        #expect(view.plain.contains("SILENT for 1 min 30 s: it is not running"))
        #expect(view.lines.contains { $0.hasPrefix("  SILENT     ") })
    }
}
