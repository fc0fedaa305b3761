public import Configuration

/// A process that faults may strike.
public struct Victim: Sendable, Hashable {
    /// What it is called, for log lines.
    public let name: String
    /// What it does.
    public let target: FaultTarget
    /// The operating system's number.
    public let process: Int32

    /// A process.
    public init(name: String, target: FaultTarget, process: Int32) {
        self.name = name
        self.target = target
        self.process = process
    }
}

/// Decides what to do to processes and connections as time goes on; does nothing itself.
///
/// A process stands still as long as some fault wants it to; a slowed one stands still for a share of every fifth of a second.
/// What has gone meanwhile is forgotten, and whoever took its place is left alone.
public struct Injector: Sendable {
    /// What to do.
    public enum Action: Sendable, Equatable {
        /// End it at once.
        case kill(Victim)
        /// Let it stand still.
        case halt(Victim)
        /// Let it go on.
        case go(Victim)
        /// Let its disk take nothing more.
        case fill(Victim)
        /// Let its disk take everything again.
        case free(Victim)
        /// Strike a connection.
        case strike(Injection)
        /// A fault has begun, of that kind and on that process.
        case began(FaultKind, Victim)
        /// Nobody was there to be struck.
        case missed(FaultKind)
    }

    private struct Hold {
        let victim: Victim
        let from: Duration
        let until: Duration
        /// 1 for one that stands still.
        let share: Double

        func stands(at now: Duration) -> Bool {
            guard now < until else { return false }
            let period = Duration.milliseconds(200)
            let position = (now - from) / period
            return position - position.rounded(.down) < share
        }
    }

    private var pending: ArraySlice<Injection>
    private var holds: [Hold] = []
    private var halted: Set<Victim> = []
    private var filled: [(victim: Victim, until: Duration)] = []
    private let end: Duration

    /// Everything of a schedule lies ahead.
    public init(_ schedule: FaultSchedule) {
        pending = schedule.injections.filter { $0.kind.object != .message }[...]
        end = schedule.end
    }

    /// The next injection ahead.
    public var next: Injection? { pending.first }

    /// What to do now to those processes, in order.
    public mutating func act(at now: Duration, on victims: [Victim]) -> [Action] {
        var actions: [Action] = []
        while let injection = pending.first, injection.at <= now {
            pending.removeFirst()
            // One that comes late, after a pause of this process, is not made up for in the quiet period.
            if now < end { begin(injection, at: now, on: victims, &actions) }
        }
        let alive = Set(victims)
        halted.formIntersection(alive)
        holds.removeAll { $0.until <= now || !alive.contains($0.victim) }
        let standing = Set(holds.filter { $0.stands(at: now) }.map(\.victim))
        for victim in victims where standing.contains(victim) != halted.contains(victim) {
            actions.append(standing.contains(victim) ? .halt(victim) : .go(victim))
        }
        halted = standing
        let full = Set(filled.map(\.victim))
        filled.removeAll { $0.until <= now || !alive.contains($0.victim) }
        // A disk stays full as long as some fault wants it to.
        let free = full.intersection(alive).subtracting(filled.map(\.victim))
        for victim in victims where free.contains(victim) { actions.append(.free(victim)) }
        return actions
    }

    private mutating func begin(
        _ injection: Injection, at now: Duration, on victims: [Victim], _ actions: inout [Action]
    ) {
        guard injection.kind.object == .process else { return actions.append(.strike(injection)) }
        let struck = injection.struck(of: victims.filter { $0.target == injection.target })
        if struck.isEmpty { actions.append(.missed(injection.kind)) }
        let until = min(now + injection.lasting, end)
        for victim in struck {
            actions.append(.began(injection.kind, victim))
            switch injection.kind {
            case .kill: actions.append(.kill(victim))
            case .stop: holds.append(Hold(victim: victim, from: now, until: until, share: 1))
            case .slow: holds.append(Hold(victim: victim, from: now, until: until, share: injection.share))
            case .disk:
                filled.append((victim, until))
                actions.append(.fill(victim))
            case .cut, .reset, .loss, .duplication, .reordering, .delay, .corruption: break
            }
        }
    }

    /// Nothing strikes any more, and everything goes on: what to do for that.
    public mutating func heal() -> [Action] {
        pending = []
        holds = []
        let actions =
            halted.sorted { $0.process < $1.process }.map(Action.go)
            + Set(filled.map(\.victim)).sorted { $0.process < $1.process }.map(Action.free)
        halted = []
        filled = []
        return actions
    }
}
