import RolloutCore
import Testing

@testable import RunStore

@Suite struct NoticeWriterTests {
    private let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 4)
    private let session = SessionID(rawValue: 1)

    @Test func leasesAreOpenedAndClosed() throws {
        let run = try TemporaryRun()
        let clock = ManualClock(100)
        let journal = try run.journal(clock: clock.read)
        try journal.append(.termStarted(Term(rawValue: 3)), durable: false)
        let (first, second) = (Attempt(task: task, attempt: 1), Attempt(task: task, attempt: 2))
        try journal.note([.nodeJoined(session, node: "a", .sampler, slots: 2), .leased(first, node: "a")])
        try journal.flush()
        clock.advance(by: 10)
        try journal.note([.leaseExpired(first, node: "a"), .leased(second, node: "b")])
        try journal.note([.accepted(second, node: "b", late: false), .accepted(first, node: "a", late: true)])
        try journal.flush()
        let reader = try RunReader(run.directory)
        let leases = try reader.query("SELECT term, attempt, node, at, ended_at, ending FROM leases ORDER BY attempt")
        #expect(
            leases.rows == [
                [.integer(3), .integer(1), .text("a"), .number(100), .number(110), .text("expired")],
                [.integer(3), .integer(2), .text("b"), .number(110), .number(110), .text("accepted")],
            ])
        let events = try reader.query("SELECT event, node, task, attempt FROM events ORDER BY id")
        #expect(
            events.rows == [
                [.text("node joined"), .text("a"), .null, .null],
                [.text("expired"), .text("a"), .integer(4), .integer(1)],
                [.text("accepted late"), .text("a"), .integer(4), .integer(1)],
            ])
    }

    @Test func trainingBecomesSeries() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        let attempt = Attempt(task: .train(2), attempt: 1)
        for (step, loss) in [(UInt32(1), 3.5), (2, 2.5), (2, 2.25)] {
            let progress = TrainProgress(attempt: attempt, step: step, steps: 9, loss: loss, tokensPerSecond: 100)
            try journal.note([.trainProgress(progress)])
        }
        try journal.measure("estep.seconds", iteration: 2, 12)
        try journal.flush()
        let sql =
            "SELECT series, iteration, step, value FROM metrics WHERE series != 'train.tokensPerSecond' ORDER BY 1, 3"
        #expect(
            try RunReader(run.directory).query(sql).rows == [
                [.text("estep.seconds"), .integer(2), .integer(0), .number(12)],
                [.text("train.loss"), .integer(2), .integer(1), .number(3.5)],
                [.text("train.loss"), .integer(2), .integer(2), .number(2.25)],
            ])
    }

    @Test func everyNoticeCanBeWritten() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        let attempt = Attempt(task: task, attempt: 1)
        try journal.note([
            .nodeLost(session, node: "a", .scorer, held: 1), .nodeLeft(session, node: "a", .learner),
            .nodeRejected(session, Rejection(reason: .busy, explanation: "full")),
            .leaseNotReported(attempt, node: "a"), .released(attempt, node: "a"),
            .systemFailure(attempt, node: "a", explanation: "memory"),
            .deterministicFailure(attempt, node: "a", explanation: "too long"), .duplicateIgnored(attempt, node: "a"),
            .fenced(session, Incarnation(rawValue: 255)), .staleMessage(session, "old term"),
            .phase(.evaluating(policy: 3)), .adopted(attempt, node: "a"),
            .suspected(attempt, node: "a", count: 2, explanation: "it was running"),
        ])
        try journal.flush()
        let rows = try RunReader(run.directory).query("SELECT event, detail FROM events ORDER BY id").rows
        #expect(rows.count == 13)
        #expect(rows[5] == [.text("system failure"), .text("memory")])
        #expect(rows[8] == [.text("fenced"), .text("incarnation 00000000000000ff")])
        #expect(rows[10] == [.text("phase"), .text("evaluating 3")])
        #expect(rows[12] == [.text("suspected"), .text("2 times: it was running")])
    }

    @Test func attemptsSayWhoTriedAndWhatCameOfIt() throws {
        let run = try TemporaryRun()
        let clock = ManualClock(100)
        let journal = try run.journal(clock: clock.read)
        let attempts = (1...3).map { Attempt(task: task, attempt: $0) }
        try journal.append(.termStarted(Term(rawValue: 1)), durable: false)
        try journal.note([.leased(attempts[0], node: "a")])
        clock.advance(by: 5)
        // The next coordinator knows nobody; one node still holds what it held, and another is given the same.
        try journal.append(.termStarted(Term(rawValue: 2)), durable: false)
        try journal.note([.adopted(attempts[0], node: "a"), .leaseExpired(attempts[0], node: "a")])
        try journal.note([.leased(attempts[1], node: "b"), .adopted(attempts[2], node: "c")])
        clock.advance(by: 5)
        try journal.note([.accepted(attempts[1], node: "b", late: false)])
        try journal.flush()
        let rows = try RunReader(run.directory).query(
            "SELECT term, node, attempt, outcome, seconds FROM attempts ORDER BY term, attempt"
        ).rows
        #expect(
            rows == [
                [.integer(1), .text("a"), .integer(1), .text("coordinator restarted"), .number(5)],
                [.integer(2), .text("a"), .integer(1), .text("expired"), .number(0)],
                [.integer(2), .text("b"), .integer(2), .text("accepted"), .number(5)],
                [.integer(2), .text("c"), .integer(3), .text("superseded"), .number(5)],
            ])
    }
}
