// What a node does about each message of the coordinator and about the end of its own work.
extension Worker {
    mutating func receive(_ envelope: Envelope<CoordinatorMessage>, at now: Instant) {
        // Meant for an incarnation that is no more, or sent by a coordinator that is no more.
        guard envelope.incarnation == incarnation, envelope.term >= term else { return }
        switch (envelope.message, connection) {
        case (.welcome(let welcome), .joining):
            join(welcome, envelope, at: now)
        case (.reject(let rejection), .joining):
            if rejection.reason == .busy {
                lastHeard = now
                note(.refusedForNow(rejection))
            } else {
                stop(work.drop { _ in true })
                exit(.rejected(rejection))
            }
        case (.fenced(let reason), .joining(_, let since)):
            // Soon after a Hello it may still answer what was sent before; later it answers the Hello.
            if since.duration(to: now) >= timers.resendMaximum { reincarnate(reason, at: now) }
        case (.fenced(let reason), .member(let welcomed, _, _)):
            if envelope.term > term {
                rejoin(envelope.term, at: now)
            } else if envelope.sequence > welcomed {
                reincarnate(reason, at: now)
            }
        case (.chunk, _), (.chunkRequest, _), (.policy, _):
            if envelope.term == term { lastHeard = now }
            effects.append(.deliver(envelope.message))
        case (_, .member(let welcomed, let nextHeartbeat, let isRechecking)):
            guard envelope.term == term, envelope.run == run else { return }
            lastHeard = now
            if isRechecking, envelope.message == .heartbeatAck {
                connection = .member(welcomed: welcomed, nextHeartbeat: nextHeartbeat, isRechecking: false)
            }
            receive(envelope.message)
        case (_, .joining), (_, .left):
            return
        }
    }

    private mutating func join(_ welcome: Welcome, _ envelope: Envelope<CoordinatorMessage>, at now: Instant) {
        if envelope.term > term { work.forgetRecent() }
        run = envelope.run
        term = envelope.term
        timers = welcome.timers
        lastHeard = now
        connection = .member(welcomed: envelope.sequence, nextHeartbeat: now, isRechecking: false)
        work.resendAll(at: now, delay: timers.resend)
        note(.joined(term))
    }

    private mutating func receive(_ message: CoordinatorMessage) {
        switch message {
        case .lease(let lease):
            receive(lease)
        case .resultAck(let ack):
            if let attempt = work.acknowledge(ack) { note(.acknowledged(attempt)) }
        case .cancel(let attempts):
            // Finished results stay until they are acknowledged: a second digest is a check of determinism.
            stop(work.drop { attempts.contains($0.attempt) })
        case .drain:
            beginDrain()
        case .heartbeatAck, .welcome, .reject, .fenced, .policy, .chunk, .chunkRequest, .page:
            break
        }
    }

    private mutating func receive(_ lease: Lease) {
        if isDraining {
            send(.release([lease.attempt]))
            return
        }
        switch work.receive(lease, credit: Int(hello.credit)) {
        case .repeated: break
        case .renamed, .added: note(.leased(lease.attempt))
        case .full: send(.release([lease.attempt]))
        }
    }

    // MARK: - Own work

    mutating func complete(_ origin: Attempt, _ output: TaskOutput, computeTime: Duration, at now: Instant) {
        guard let item = work.running(origin) else { return }
        let result = TaskResult(
            attempt: item.attempt, inputDigest: item.inputDigest, resultDigest: output.digest, output: output,
            computeTime: computeTime)
        let delay = mutations.has(.sendsResultsOnce) ? .seconds(1_000_000) : timers.resend
        work.finish(origin, result, WorkList.Resend(next: now, delay: delay))
        note(.completed(item.attempt))
    }

    /// Sent once: a lost Failure shows as a lease that is not reported, and the task fails again.
    mutating func fail(_ origin: Attempt, _ failureClass: TaskFailure.Class, _ explanation: String) {
        guard let item = work.running(origin), !work.runAgain(origin) else { return }
        work.remove(item.attempt)
        guard isMember else { return }
        send(
            .failure(
                TaskFailure(
                    attempt: item.attempt, inputDigest: item.inputDigest, failureClass: failureClass,
                    explanation: explanation)))
    }

    mutating func report(_ progress: TrainProgress) {
        guard isMember, let item = work.running(progress.attempt) else { return }
        var progress = progress
        progress.attempt = item.attempt
        send(.progress(progress))
    }
}
