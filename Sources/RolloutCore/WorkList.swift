import Digests

/// The tasks a node holds, in the order they were leased: waiting for a slot, running, or finished and not acknowledged.
///
/// The same task may be leased to a node again while it still holds it, because the first Lease or a heartbeat was lost:
/// then only the attempt's number changes. The shell knows a running task by the attempt it was started under, `origin`.
struct WorkList: Sendable, Equatable {
    struct Item: Sendable, Equatable {
        enum State: Sendable, Equatable {
            case waiting(Lease)
            /// `again`: a lease that settles came while an earlier one ran; should that fail, this one is run.
            case running(origin: Attempt, again: Lease?)
            case finished(TaskResult, Resend)
        }
        var attempt: Attempt
        var inputDigest: Digest
        var state: State

        var isFinished: Bool {
            if case .finished = state { true } else { false }
        }
    }

    /// When something unacknowledged is sent again: after `delay`, which doubles.
    struct Resend: Sendable, Equatable {
        var next: Instant
        var delay: Duration

        mutating func sent(at now: Instant, maximum: Duration) {
            next = now.advanced(by: delay)
            delay = min(delay * 2, maximum)
        }
    }

    private(set) var items: [Item] = []
    /// Latest leases seen, so that a repeated Lease message of a task long done is not run again.
    private var recent: [Attempt] = []
    private static let recentLimit = 512

    var attempts: [Attempt] { items.map(\.attempt) }
    var unfinished: [Item] { items.filter { !$0.isFinished } }

    enum Reception: Equatable {
        case repeated
        case renamed
        case added
        case full
    }

    mutating func receive(_ lease: Lease, credit: Int) -> Reception {
        if recent.contains(lease.attempt) { return .repeated }
        if let index = items.firstIndex(where: { $0.attempt.task == lease.attempt.task }) {
            guard items[index].inputDigest == lease.inputDigest else { return .full }
            rename(index, to: lease)
            remember(lease.attempt)
            return .renamed
        }
        guard items.count < credit else { return .full }
        items.append(Item(attempt: lease.attempt, inputDigest: lease.inputDigest, state: .waiting(lease)))
        remember(lease.attempt)
        return .added
    }

    private mutating func rename(_ index: Int, to lease: Lease) {
        items[index].attempt = lease.attempt
        switch items[index].state {
        case .waiting: items[index].state = .waiting(lease)
        case .running(let origin, _):
            items[index].state = .running(origin: origin, again: lease.settles ? lease : nil)
        case .finished(var result, let resend):
            result.attempt = lease.attempt
            items[index].state = .finished(result, resend)
        }
    }

    private mutating func remember(_ attempt: Attempt) {
        if recent.count == Self.recentLimit { recent.removeFirst() }
        recent.append(attempt)
    }

    /// A new term counts attempts anew.
    mutating func forgetRecent() { recent = [] }

    /// Moves the first waiting task to a free slot.
    mutating func startNext(slots: Int) -> Lease? {
        var running = 0
        for item in items { if case .running = item.state { running += 1 } }
        guard running < slots else { return nil }
        for index in items.indices {
            if case .waiting(let lease) = items[index].state {
                items[index].state = .running(origin: lease.attempt, again: nil)
                return lease
            }
        }
        return nil
    }

    /// The running task the shell knows as `origin`.
    func running(_ origin: Attempt) -> Item? { index(of: origin).map { items[$0] } }

    private func index(of origin: Attempt) -> Int? {
        items.firstIndex { if case .running(origin, _) = $0.state { true } else { false } }
    }

    mutating func finish(_ origin: Attempt, _ result: TaskResult, _ resend: Resend) {
        guard let index = index(of: origin) else { return }
        items[index].state = .finished(result, resend)
    }

    /// A running task failed under a lease that did not settle, and one that does has come meanwhile: it waits for a slot
    /// again. False when there is none.
    mutating func runAgain(_ origin: Attempt) -> Bool {
        guard let index = index(of: origin), case .running(_, let again?) = items[index].state else { return false }
        items[index].state = .waiting(again)
        return true
    }

    mutating func remove(_ attempt: Attempt) { items.removeAll { $0.attempt == attempt } }

    /// Takes out a finished task by its acknowledgement.
    mutating func acknowledge(_ ack: ResultAck) -> Attempt? {
        let index = items.firstIndex { item in
            guard case .finished(let result, _) = item.state else { return false }
            return item.attempt.task == ack.task && result.resultDigest == ack.resultDigest
        }
        return index.map { items.remove(at: $0).attempt }
    }

    /// Takes out everything not finished that `matches`, and returns it.
    mutating func drop(where matches: (Item) -> Bool) -> [Item] {
        let dropped = items.filter { !$0.isFinished && matches($0) }
        items.removeAll { !$0.isFinished && matches($0) }
        return dropped
    }

    /// Finished results whose time to be sent has come.
    mutating func due(at now: Instant, maximum: Duration) -> [TaskResult] {
        var due: [TaskResult] = []
        for index in items.indices {
            guard case .finished(let result, var resend) = items[index].state, resend.next <= now else { continue }
            resend.sent(at: now, maximum: maximum)
            items[index].state = .finished(result, resend)
            due.append(result)
        }
        return due
    }

    /// Sends every finished result anew, at once.
    mutating func resendAll(at now: Instant, delay: Duration) {
        for index in items.indices {
            guard case .finished(let result, _) = items[index].state else { continue }
            items[index].state = .finished(result, Resend(next: now, delay: delay))
        }
    }
}
