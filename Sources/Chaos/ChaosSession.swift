public import Configuration
import Files
import Foundation
import Synchronization
public import ZeroMQ

/// A plan at work on one cluster: the proxy between its nodes and their coordinator, and what is done to its processes.
///
/// Belongs to one task, which calls `tick` every few hundredths of a second.
public final class ChaosSession {
    /// What is done.
    public let plan: FaultPlan
    /// The same, drawn.
    public let schedule: FaultSchedule
    /// What has been done.
    public let ledger = FaultLedger()

    private var injector: Injector
    private var proxy: FaultProxy?
    private let clock = SessionClock()
    private var isHealed = false

    /// Time since the session began; zero before.
    private final class SessionClock: Sendable {
        private let start = Mutex<ContinuousClock.Instant?>(nil)

        func begin() { start.withLock { $0 = $0 ?? .now } }
        var now: Duration { start.withLock { $0?.duration(to: .now) ?? .zero } }
    }

    /// A session that has not begun.
    public init(_ plan: FaultPlan) {
        self.plan = plan
        schedule = FaultSchedule(plan)
        injector = Injector(schedule)
    }

    /// Opens the proxy and begins.
    ///
    /// - Parameters:
    ///   - upstream: where the coordinator listens.
    ///   - endpoint: where nodes are to connect; a free port of this machine unless said.
    /// - Returns: where they are to connect, with the actual port.
    /// - Throws: `ZeroMQError` when the endpoint cannot be had.
    public func begin(upstream: String, endpoint: String = "tcp://127.0.0.1:*") throws(ZeroMQError) -> String {
        let proxy = try FaultProxy(
            loop: PollLoop(name: "chaos"), endpoint: endpoint, upstream: upstream, schedule: schedule, ledger: ledger,
            clock: { [clock] in clock.now })
        clock.begin()
        self.proxy = proxy
        onProxy { $0.start() }
        return proxy.endpoint
    }

    private func onProxy(_ work: @escaping @Sendable (isolated FaultProxy) -> Void) {
        guard let proxy else { return }
        proxy.loop.perform { proxy.assumeIsolated { work($0) } }
    }

    /// Time since it began; zero before.
    public var elapsed: Duration { clock.now }

    /// Whether it has begun and faults may still strike.
    public var isStorming: Bool { proxy != nil && !isHealed && elapsed < schedule.end }

    /// The next fault at a time of its own.
    public var next: Injection? { isHealed ? nil : injector.next }

    /// Strikes whatever is due.
    ///
    /// - Parameters:
    ///   - victims: the cluster's processes that run.
    ///   - note: called before something is done.
    public func tick(_ victims: [Victim], note: (Injector.Action) -> Void = { _ in }) {
        guard proxy != nil, !isHealed else { return }
        for action in injector.act(at: elapsed, on: victims) {
            note(action)
            perform(action)
        }
    }

    private func perform(_ action: Injector.Action) {
        switch action {
        case .kill(let victim): _ = kill(victim.process, SIGKILL)
        case .halt(let victim): _ = kill(victim.process, SIGSTOP)
        case .go(let victim): _ = kill(victim.process, SIGCONT)
        case .fill(let victim): _ = ProcessLimits.setFileSize(0, of: victim.process)
        case .free(let victim): _ = ProcessLimits.setFileSize(nil, of: victim.process)
        case .strike(let injection): onProxy { $0.strike(injection) }
        case .began(let kind, let victim): ledger.struck(kind, victim.target, at: elapsed)
        case .missed(let kind): ledger.missed(kind)
        }
    }

    /// Lets everything go on and strikes nothing more; messages are passed on as they are.
    public func heal() {
        guard !isHealed else { return }
        isHealed = true
        for action in injector.heal() { perform(action) }
        onProxy { $0.quieten() }
    }

    /// Closes the proxy, too.
    public func end() {
        heal()
        onProxy { $0.close() }
        proxy = nil
    }
}
