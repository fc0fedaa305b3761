import Digests
import RolloutCore
import Testing

@testable import RunStore

@Suite struct LiveStatusTests {
    private func live() -> LiveStatus {
        let group = TaskGroup(iteration: 1, split: .train, kind: .sample)
        let attempt = Attempt(task: TaskID(iteration: 1, split: .train, kind: .sample, index: 0), attempt: 2)
        var counters = Counters()
        counters.infrastructure.expired = 3
        counters.data.malformed = 5
        return LiveStatus(
            phase: .sampling(iteration: 1), term: Term(rawValue: 1),
            nodes: [
                LiveStatus.Node(
                    name: "sampler-1", role: .sampler, incarnation: Incarnation(rawValue: 1), slots: 2, held: [attempt],
                    silence: .milliseconds(250), tasksDone: 9, tokensPerSecond: 120.5)
            ],
            tallies: [LiveStatus.Tally(group: group, pending: 0, leased: 1, done: 0, null: 0, quarantined: 0)],
            counters: counters,
            training: TrainProgress(
                attempt: Attempt(task: .train(0), attempt: 1), step: 4, steps: 10, loss: .nan, tokensPerSecond: 900),
            traffic: LiveStatus.Traffic(sent: 10, received: 20, weightsSent: 5), halted: "it needs a person")
    }

    @Test func isSeenByReadersAndReplaced() throws {
        let run = try TemporaryRun()
        let clock = ManualClock(100)
        let journal = try run.journal(clock: clock.read)
        try SmallRun.begin(journal)
        try journal.append(.termStarted(Term(rawValue: 1)), durable: false)
        try journal.updateLive(live())
        let reader = try RunReader(run.directory, clock: clock.read)
        clock.advance(by: 2)
        var summary = try reader.summary()
        #expect(summary.phase == "sampling 1")
        #expect(summary.term == 1)
        #expect(summary.age == 2)
        #expect(summary.halted == "it needs a person")
        #expect(summary.counter("infrastructure.expired") == 3)
        #expect(summary.counter("data.malformed") == 5)
        #expect(summary.counter("bytes.weightsSent") == 5)
        #expect(summary.training?.step == 4)
        #expect(summary.training?.loss.isNaN == true)
        #expect(summary.nodes.map(\.silence) == [2.25])
        #expect(summary.nodes.map(\.tasksDone) == [9])
        let sampling = summary.progress.first { $0.group == TaskGroup(iteration: 1, split: .train, kind: .sample) }
        #expect(sampling?.leased == 1)

        var next = live()
        next.nodes = []
        next.training = nil
        next.halted = nil
        try journal.updateLive(next)
        summary = try reader.summary()
        #expect(summary.nodes.isEmpty)
        #expect(summary.training == nil)
        #expect(summary.halted == nil)
        #expect(summary.age == 0)
    }

    @Test func isNoPartOfWhatIsLearned() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        let reader = try RunReader(run.directory)
        let before = try reader.identity()
        try journal.updateLive(live())
        #expect(try reader.identity() == before)
        #expect(try journal.recover().isEmpty)
    }
}
