import Digests
import Testing

@testable import RolloutCore

@Suite struct WorkerTests {
    /// A worker with the coordinator played by the test.
    struct Desk {
        var worker: Worker
        var now = Instant(sinceStart: .zero)
        var sequence: UInt64 = 0
        var term = Term(rawValue: 1)
        let run = Digest.of("run")

        init(slots: UInt32 = 1, credit: UInt32 = 2, patience: Duration? = nil) {
            worker = Worker(
                hello: Harness.hello(.scorer, "w", slots: slots, credit: credit), incarnation: Incarnation(rawValue: 7),
                seed: 9, patience: patience, at: now)
        }

        /// One that has joined and sent its first heartbeat.
        static func joined(slots: UInt32 = 1, credit: UInt32 = 2) -> Desk {
            var desk = Desk(slots: slots, credit: credit)
            _ = desk.worker.start(at: desk.now)
            desk.receive(.welcome(Desk.welcome))
            return desk
        }

        static let welcome = Welcome(
            timers: Timers(), base: BaseManifest(weights: FakeTasks.base, blob: BlobManifest(of: [1])))

        @discardableResult mutating func receive(
            _ message: CoordinatorMessage, incarnation: Incarnation? = nil
        ) -> [WorkerEffect] {
            sequence += 1
            return worker.handle(
                .received(
                    Envelope(
                        run: run, term: term, incarnation: incarnation ?? worker.incarnation, sequence: sequence,
                        message: message)), at: now)
        }

        @discardableResult mutating func pass(_ duration: Duration, acknowledged: Bool = false) -> [WorkerEffect] {
            var effects: [WorkerEffect] = []
            let end = now.advanced(by: duration)
            while now < end {
                now = min(end, now.advanced(by: .milliseconds(100)))
                effects += worker.handle(.tick, at: now)
                if acknowledged { effects += receive(.heartbeatAck) }
            }
            return effects
        }

        mutating func complete(_ lease: Lease) -> [WorkerEffect] {
            worker.handle(.completed(lease.attempt, .score([]), computeTime: .seconds(1)), at: now)
        }
    }

    let lease = WorkListTests.lease(0)

    @Test func helloIsRepeatedWithDoublingWaitsUntilWelcome() {
        var desk = Desk()
        #expect(desk.worker.start(at: desk.now).messages == [.hello(desk.worker.hello)])
        let hellos = desk.pass(.seconds(12)).messages
        #expect(hellos.count == 5, "after 0.5, 1.5, 3.5, 7.5 and 11.5 s: \(hellos.count)")
        let effects = desk.receive(.welcome(Desk.welcome))
        #expect(effects.contains(.note(.joined(Term(rawValue: 1)))))
        #expect(effects.messages == [.heartbeat(Heartbeat(held: [], credit: 2))])
        let sent = effects.envelopes
        #expect(sent.first?.run == desk.run && sent.first?.term == desk.term && sent.first?.sequence == 7)
    }

    @Test func rejectionIsFinalExceptWhenBusy() {
        var desk = Desk()
        _ = desk.worker.start(at: desk.now)
        let busy = Rejection(reason: .busy, explanation: "full")
        #expect(desk.receive(.reject(busy)) == [.note(.refusedForNow(busy))])
        let other = Rejection(reason: .softwareVersion, explanation: "another version")
        #expect(desk.receive(.reject(other)) == [.exit(.rejected(other))])
        #expect(desk.pass(.seconds(5)).isEmpty)
    }

    @Test func aNodeThatNeverFindsACoordinatorWaitsAsLongAsItIsTold() {
        var patient = Desk()
        #expect(!patient.pass(.seconds(300)).contains { if case .exit = $0 { true } else { false } })
        var hasty = Desk(patience: .seconds(30))
        #expect(hasty.pass(.seconds(31)).contains(.exit(.silent(.seconds(30)))))
    }

    @Test func leasesRunAreReportedAndTheirResultsResentUntilAcknowledged() throws {
        var desk = Desk.joined()
        #expect(desk.receive(.lease(lease)).contains(.start(lease)))
        let beats = desk.pass(.seconds(1), acknowledged: true).messages
        #expect(beats == [.heartbeat(Heartbeat(held: [lease.attempt], credit: 1))])
        let result = WorkListTests.result(lease)
        let sent = try #require(desk.complete(lease).messages.first)
        guard case .result(let first) = sent else {
            Issue.record("sent \(sent)")
            return
        }
        #expect(first.resultDigest == result.resultDigest && first.inputDigest == lease.inputDigest)
        let again = desk.pass(.seconds(4), acknowledged: true).messages.count {
            if case .result = $0 { true } else { false }
        }
        #expect(again == 3, "after 0.5, 1.5 and 3.5 s")
        #expect(desk.worker.held == [lease.attempt])
        let ack = ResultAck(task: lease.attempt.task, resultDigest: result.resultDigest)
        #expect(desk.receive(.resultAck(ack)) == [.note(.acknowledged(lease.attempt))])
        #expect(desk.worker.held.isEmpty)
    }

    @Test func leasesBeyondTheCreditAreHandedBack() {
        var desk = Desk.joined(slots: 1, credit: 2)
        desk.receive(.lease(WorkListTests.lease(0)))
        #expect(desk.receive(.lease(WorkListTests.lease(1))).messages.isEmpty)
        let extra = WorkListTests.lease(2)
        #expect(desk.receive(.lease(extra)).messages == [.release([extra.attempt])])
    }

    @Test func failuresFreeTheSlot() {
        var desk = Desk.joined()
        let next = WorkListTests.lease(1)
        desk.receive(.lease(lease))
        desk.receive(.lease(next))
        let effects = desk.worker.handle(.failed(lease.attempt, .deterministic, explanation: "bad"), at: desk.now)
        let failure = TaskFailure(
            attempt: lease.attempt, inputDigest: lease.inputDigest, failureClass: .deterministic, explanation: "bad")
        #expect(effects == [.send(effects.envelopes[0]), .start(next)] && effects.messages == [.failure(failure)])
    }

    @Test func cancelStopsWhatIsUnfinishedAndNothingElse() {
        var desk = Desk.joined(slots: 1, credit: 3)
        desk.receive(.lease(lease))
        _ = desk.complete(lease)
        let (running, waiting) = (WorkListTests.lease(1), WorkListTests.lease(2))
        desk.receive(.lease(running))
        desk.receive(.lease(waiting))
        let effects = desk.receive(.cancel([lease.attempt, running.attempt, waiting.attempt]))
        #expect(effects == [.stop(running.attempt)])
        #expect(desk.worker.held == [lease.attempt])
        #expect(desk.complete(running).isEmpty, "the answer of a stopped task is ignored")
    }

    @Test func silenceStopsWorkThenEndsTheProcess() {
        var desk = Desk.joined()
        desk.receive(.lease(lease))
        #expect(!desk.pass(.milliseconds(5900)).contains(.stop(lease.attempt)))
        #expect(desk.pass(.milliseconds(200)).contains(.stop(lease.attempt)))
        #expect(desk.pass(.seconds(55)).contains(.exit(.silent(.seconds(60)))))
    }

    @Test func anyMessageOfTheTermIsLife() {
        var desk = Desk.joined()
        desk.receive(.lease(lease))
        for _ in 0..<5 {
            #expect(!desk.pass(.seconds(5)).contains(.stop(lease.attempt)))
            desk.receive(.chunk(Chunk(blob: .zero, index: 0, bytes: [1])))
        }
        #expect(desk.worker.held == [lease.attempt])
    }

    @Test func fencedInItsOwnTermItStartsOverWithFinishedResultsOnly() {
        var desk = Desk.joined(slots: 1, credit: 3)
        desk.receive(.lease(lease))
        _ = desk.complete(lease)
        let running = WorkListTests.lease(1)
        desk.receive(.lease(running))
        let old = desk.worker.incarnation
        let effects = desk.receive(.fenced("silent too long"))
        let new = desk.worker.incarnation
        #expect(new != old && effects.contains(.stop(running.attempt)) && effects.contains(.reconnect(new)))
        #expect(effects.messages == [.hello(desk.worker.hello)] && effects.envelopes[0].sequence == 1)
        #expect(desk.worker.held == [lease.attempt])
        #expect(desk.receive(.fenced("again"), incarnation: old).isEmpty, "meant for the old incarnation")
        let joined = desk.receive(.welcome(Desk.welcome)).messages
        #expect(joined.contains { if case .result(let result) = $0 { result.attempt == lease.attempt } else { false } })
    }

    @Test func fencedInANewerTermItKeepsItsWorkAndRejoins() {
        var desk = Desk.joined(slots: 1, credit: 3)
        desk.receive(.lease(lease))
        _ = desk.complete(lease)
        let running = WorkListTests.lease(1)
        desk.receive(.lease(running))
        let incarnation = desk.worker.incarnation
        desk.term = Term(rawValue: 2)
        let effects = desk.receive(.fenced("the coordinator is in term 2"))
        #expect(effects.messages == [.hello(desk.worker.hello)])
        #expect(effects.envelopes[0].term.rawValue == 1, "it speaks under the term it knows until it is welcomed")
        #expect(desk.receive(.fenced("answer to an earlier message")).isEmpty)
        let joined = desk.receive(.welcome(Desk.welcome)).messages
        #expect(desk.worker.incarnation == incarnation)
        #expect(joined.first == .heartbeat(Heartbeat(held: [lease.attempt, running.attempt], credit: 1)))
        #expect(joined.count == 2, "and the finished result again")
        desk.term = Term(rawValue: 1)
        #expect(desk.receive(.cancel([running.attempt])).isEmpty, "the old term has no say any more")
        #expect(desk.worker.held.count == 2)
    }

    @Test func aFenceOlderThanTheWelcomeIsIgnored() {
        var desk = Desk.joined()
        desk.receive(.heartbeatAck)
        desk.sequence = 0
        #expect(desk.receive(.fenced("late")).isEmpty)
        #expect(desk.worker.isMember)
    }

    @Test func aHelloThatOnlyMeetsFencesMakesANewIncarnation() {
        var desk = Desk()
        _ = desk.worker.start(at: desk.now)
        let old = desk.worker.incarnation
        desk.receive(.fenced("no longer a member"))
        #expect(desk.worker.incarnation == old)
        desk.pass(.seconds(5))
        desk.receive(.fenced("no longer a member"))
        #expect(desk.worker.incarnation != old)
    }

    @Test func afterAPauseItReportsBeforeItSendsResults() {
        var desk = Desk.joined()
        desk.receive(.lease(lease))
        desk.pass(.seconds(2), acknowledged: true)
        desk.now = desk.now.advanced(by: .seconds(30))
        let woken = desk.complete(lease)
        #expect(woken.contains(.note(.paused(.seconds(30)))))
        #expect(woken.messages == [.heartbeat(Heartbeat(held: [lease.attempt], credit: 1))], "no result yet")
        #expect(desk.receive(.heartbeatAck).messages.count == 1, "now the result")
        #expect(desk.worker.held == [lease.attempt])
    }

    @Test func drainingFinishesWhatRunsAndHandsBackTheRest() {
        var desk = Desk.joined(slots: 1, credit: 3)
        let waiting = WorkListTests.lease(1)
        desk.receive(.lease(lease))
        desk.receive(.lease(waiting))
        #expect(desk.worker.handle(.drain, at: desk.now).messages == [.release([waiting.attempt])])
        let more = WorkListTests.lease(2)
        #expect(desk.receive(.lease(more)).messages == [.release([more.attempt])])
        #expect(desk.complete(lease).messages.count == 1)
        #expect(
            desk.pass(.seconds(1), acknowledged: true).messages.contains(
                .heartbeat(Heartbeat(held: [lease.attempt], credit: 0))))
        let ack = ResultAck(task: lease.attempt.task, resultDigest: WorkListTests.result(lease).resultDigest)
        let effects = desk.receive(.resultAck(ack))
        #expect(effects.messages == [.goodbye] && effects.last == .exit(.drained))
        #expect(desk.pass(.seconds(5)).isEmpty)
    }

    @Test func whatIsPutOffWhileDrainingIsHandedBack() {
        var desk = Desk.joined(slots: 1, credit: 1)
        desk.receive(.lease(lease))
        let asked = desk.worker.handle(.drain, at: desk.now)
        #expect(asked.contains(.suspend(lease.attempt)))
        let effects = desk.worker.handle(.handedBack(lease.attempt), at: desk.now)
        #expect(effects.messages == [.release([lease.attempt]), .goodbye] && effects.last == .exit(.drained))
        #expect(desk.worker.handle(.handedBack(lease.attempt), at: desk.now).isEmpty)
    }

    @Test func anIdleNodeLeavesAtOnce() {
        var desk = Desk.joined()
        #expect(desk.receive(.drain).last == .exit(.drained))
    }

    @Test func progressIsPassedOnUnderTheCurrentName() {
        var desk = Desk.joined()
        desk.receive(.lease(lease))
        desk.receive(.lease(WorkListTests.lease(0, attempt: 2)))
        let progress = TrainProgress(attempt: lease.attempt, step: 1, steps: 2, loss: 3, tokensPerSecond: 4)
        let sent = desk.worker.handle(.progress(progress), at: desk.now).messages
        guard case .progress(let passed)? = sent.first else {
            Issue.record("sent \(sent)")
            return
        }
        #expect(passed.attempt.attempt == 2 && passed.step == 1)
    }

    @Test func chunksAndPoliciesAreTheShells() {
        var desk = Desk.joined()
        let request = CoordinatorMessage.chunkRequest(ChunkRequest(blob: .zero, first: 0, count: 8))
        #expect(desk.receive(request) == [.deliver(request)])
    }

    @Test func endingsReadAsSentences() {
        let finished = Rejection(reason: .finished, explanation: "the run is finished")
        #expect(ExitReason.rejected(finished).isClean && ExitReason.drained.isClean)
        #expect(!ExitReason.silent(.seconds(60)).isClean)
        #expect(ExitReason.silent(.seconds(60)).description.contains("60 s"))
    }
}

extension [WorkerEffect] {
    var envelopes: [Envelope<NodeMessage>] { compactMap { if case .send(let envelope) = $0 { envelope } else { nil } } }
    var messages: [NodeMessage] { envelopes.map(\.message) }
}
