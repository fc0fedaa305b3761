import Digests
import Testing

@testable import RolloutCore

@Suite struct WorkListTests {
    let now = Instant(sinceStart: .zero)

    static func lease(_ index: UInt32, attempt: UInt32 = 1) -> Lease {
        let task = TaskID(iteration: 1, split: .train, kind: .score, index: index)
        return Lease(
            attempt: Attempt(task: task, attempt: attempt), timeToLive: .seconds(10),
            inputDigest: Digest.of("\(index)"),
            work: .score(ScoreWork(items: [], reward: "rougeL")))
    }

    static func result(_ lease: Lease) -> TaskResult {
        let output = TaskOutput.score([])
        return TaskResult(
            attempt: lease.attempt, inputDigest: lease.inputDigest, resultDigest: output.digest, output: output,
            computeTime: .zero)
    }

    @Test func leasesRunInTheirOrderOnTheSlots() {
        var work = WorkList()
        for index in UInt32(0)..<3 { #expect(work.receive(Self.lease(index), credit: 3) == .added) }
        #expect(work.receive(Self.lease(3), credit: 3) == .full)
        #expect(work.startNext(slots: 2)?.attempt.task.index == 0)
        #expect(work.startNext(slots: 2)?.attempt.task.index == 1)
        #expect(work.startNext(slots: 2) == nil)
    }

    @Test func aRepeatedLeaseIsIgnoredEvenWhenItsTaskIsDone() {
        var work = WorkList()
        let lease = Self.lease(0)
        _ = work.receive(lease, credit: 2)
        #expect(work.receive(lease, credit: 2) == .repeated)
        _ = work.startNext(slots: 1)
        work.finish(lease.attempt, Self.result(lease), WorkList.Resend(next: now, delay: .seconds(1)))
        let ack = ResultAck(task: lease.attempt.task, resultDigest: Self.result(lease).resultDigest)
        #expect(work.acknowledge(ack) == lease.attempt)
        #expect(work.items.isEmpty && work.receive(lease, credit: 2) == .repeated)
        work.forgetRecent()
        #expect(work.receive(lease, credit: 2) == .added)
    }

    @Test func aSecondLeaseOfAHeldTaskOnlyChangesItsName() {
        var work = WorkList()
        let (first, second) = (Self.lease(0), Self.lease(0, attempt: 2))
        _ = work.receive(first, credit: 2)
        _ = work.startNext(slots: 1)
        #expect(work.receive(second, credit: 2) == .renamed)
        #expect(work.attempts == [second.attempt] && work.startNext(slots: 2) == nil)
        #expect(work.running(first.attempt)?.attempt == second.attempt, "the shell knows it by its first name")
        work.finish(first.attempt, Self.result(second), WorkList.Resend(next: now, delay: .seconds(1)))
        #expect(work.receive(Self.lease(0, attempt: 3), credit: 2) == .renamed)
        #expect(work.due(at: now, maximum: .seconds(4)).map(\.attempt.attempt) == [3])
    }

    @Test func resultsAreSentAgainAfterDoublingWaits() {
        var work = WorkList()
        let lease = Self.lease(0)
        _ = work.receive(lease, credit: 1)
        _ = work.startNext(slots: 1)
        work.finish(lease.attempt, Self.result(lease), WorkList.Resend(next: now, delay: .seconds(1)))
        let sent = (0...20).filter { second in
            !work.due(at: now.advanced(by: .seconds(second)), maximum: .seconds(4)).isEmpty
        }
        #expect(sent == [0, 1, 3, 7, 11, 15, 19])
    }

    @Test func droppingSparesWhatIsFinished() {
        var work = WorkList()
        for index in UInt32(0)..<3 { _ = work.receive(Self.lease(index), credit: 3) }
        let finished = Self.lease(0)
        _ = work.startNext(slots: 2)
        _ = work.startNext(slots: 2)
        work.finish(finished.attempt, Self.result(finished), WorkList.Resend(next: now, delay: .seconds(1)))
        #expect(work.drop { _ in true }.map(\.attempt.task.index) == [1, 2])
        #expect(work.attempts == [finished.attempt])
    }

    /// A lease that settles may come for a task that still runs under one that does not.
    @Test func aTaskThatFailsRunsAgainUnderALeaseThatSettles() {
        var list = WorkList()
        let lease = Self.lease(0)
        var settling = lease
        settling.attempt.attempt += 1
        settling.settles = true
        _ = list.receive(lease, credit: 2)
        _ = list.startNext(slots: 1)
        let early = list.runAgain(lease.attempt)
        #expect(!early)
        let reception = list.receive(settling, credit: 2)
        #expect(reception == .renamed)
        #expect(list.running(lease.attempt)?.attempt == settling.attempt)
        let again = list.runAgain(lease.attempt)
        let started = list.startNext(slots: 1)
        #expect(again && started == settling)
        let third = list.runAgain(settling.attempt)
        #expect(!third, "that was the last time")
    }
}
