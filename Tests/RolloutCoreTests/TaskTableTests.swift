import Digests
import Testing

@testable import RolloutCore

@Suite struct TaskTableTests {
    let task = TaskID(iteration: 1, split: .train, kind: .sample, index: 0)
    let node = Incarnation(rawValue: 1)
    let now = Instant(sinceStart: .zero)

    func next(_ table: TaskTable, at now: Instant) -> TaskID? { table.next(.sample, at: now) { _ in true } }

    @Test func aTaskIsLeasedLostAndLeasedAgain() {
        var table = TaskTable()
        var jitter = SplitMix(seed: 1)
        table.offer(task, at: now)
        #expect(next(table, at: now) == task)
        #expect(table.lease(task, to: node) == Attempt(task: task, attempt: 1))
        #expect(next(table, at: now) == nil && table.lease(task, to: node) == nil)
        table.lose(Attempt(task: task, attempt: 1), .lost, at: now, backoff: Backoff(), jitter: &jitter)
        #expect(next(table, at: now.advanced(by: .seconds(1))) == task)
        #expect(table.lease(task, to: node)?.attempt == 2)
    }

    @Test func losingAnOldAttemptChangesNothing() {
        var table = TaskTable()
        var jitter = SplitMix(seed: 1)
        table.offer(task, at: now)
        let first = table.lease(task, to: node)
        table.lose(Attempt(task: task, attempt: 1), .released, at: now, backoff: Backoff(), jitter: &jitter)
        _ = table.lease(task, to: node)
        if let first { table.lose(first, .lost, at: now, backoff: Backoff(), jitter: &jitter) }
        #expect(table[task]?.state == .leased(attempt: 2, holder: node))
    }

    @Test func releaseHasNoBackoffAndIsNobodysFault() {
        var table = TaskTable()
        var jitter = SplitMix(seed: 1)
        table.offer(task, at: now)
        for _ in 0..<20 {
            guard let attempt = table.lease(task, to: node) else { break }
            table.lose(attempt, .released, at: now, backoff: Backoff(), jitter: &jitter)
        }
        #expect(table[task]?.state == .pending(notBefore: now))
        #expect(table[task]?.attempts == 20 && table[task]?.losses == 0)
    }

    @Test func fiveSuspiciousLossesQuarantineAndOtherLossesNever() {
        var table = TaskTable()
        var jitter = SplitMix(seed: 1)
        table.offer(task, at: now)
        for loss in [TaskTable.Loss.lost, .suspicious("a")] {
            for round in 1...5 {
                guard let attempt = table.lease(task, to: node) else { break }
                if loss != .lost, round == 5 { #expect(table[task]?.suspicions == 4) }
                table.lose(attempt, loss, at: now, backoff: Backoff(), jitter: &jitter)
            }
        }
        #expect(table[task]?.state == .quarantined("a") && table[task]?.attempts == 10)
        #expect(next(table, at: now.advanced(by: .seconds(100))) == nil)
    }

    @Test func anAttemptIsAdoptedOnlyWhilePending() {
        var table = TaskTable()
        table.offer(task, at: now)
        #expect(table.adopt(Attempt(task: task, attempt: 7), by: node) == true)
        #expect(table[task]?.attempts == 7)
        #expect(table.adopt(Attempt(task: task, attempt: 7), by: Incarnation(rawValue: 2)) == false)
    }

    @Test func talliesFollowTheStates() {
        var table = TaskTable()
        var other = task
        other.index = 1
        table.offer(task, at: now)
        table.offer(other, at: now)
        _ = table.lease(task, to: node)
        table.settle(task, .done(.zero))
        table.settle(other, .null)
        table.settle(task.sibling(.score), .null)
        #expect(table.settledCount(task.group) == 2)
        #expect(table.tally.map(\.group.kind) == [.sample, .score])
        #expect(table.tally[0].done == 1 && table.tally[0].null == 1)
        #expect(table.tally[0].pending == 0 && table.tally[0].leased == 0)
        table.offer(task, at: now)
        #expect(table[task]?.state == .done(.zero))
    }

    @Test func aFailureIsWrittenDownOncePerAttemptAndNode() {
        var table = TaskTable()
        table.offer(task, at: now)
        let failure = TaskEntry.Failure(attempt: 1, node: "a", explanation: "e")
        table.addFailure(failure, of: task)
        table.addFailure(failure, of: task)
        table.addFailure(TaskEntry.Failure(attempt: 2, node: "a", explanation: "e"), of: task)
        #expect(table[task]?.failures.count == 2)
    }
}
