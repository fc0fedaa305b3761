import CZeroMQ
import Glibc
import Synchronization

/// What the loop's thread and the loop share. The thread holds this, and the loop only weakly, so that a loop nobody uses
/// any more ends by itself.
final class LoopCore: Sendable {
    /// Something to run on the thread.
    enum Item: Sendable {
        case job(UnownedJob)
        case work(@Sendable () -> Void)
    }

    struct Executor: Sendable { weak var loop: PollLoop? }

    struct Watch: Sendable {
        let handle: SocketHandle
        var readiness: Readiness
        let handler: @Sendable (Readiness) -> Void
    }

    struct Timer: Sendable {
        let interval: Duration
        var due: ContinuousClock.Instant
        let handler: @Sendable () -> Void
    }

    struct State: Sendable {
        var queue: [Item] = []
        /// The thread waits in zmq_poll, or is about to.
        var isAsleep = false
        var isStopped = false
        var nextID: UInt64 = 1
        /// In order of creation.
        var watches: [(id: UInt64, Watch)] = []
        var timers: [(id: UInt64, Timer)] = []
    }

    let executor = Mutex(Executor())
    private let state = Mutex(State())
    private let wake: EventFD
    private let thread = Atomic<UInt>(0)

    init() throws(ZeroMQError) { wake = try EventFD() }

    var isCurrent: Bool { thread.load(ordering: .acquiring) == pthread_self() }

    /// Changes the state and wakes the thread when it sleeps.
    private func update<R: Sendable>(_ body: (inout State) -> R) -> R {
        let (result, mustWake) = state.withLock { state in
            let result = body(&state)
            let mustWake = state.isAsleep
            state.isAsleep = false
            return (result, mustWake)
        }
        if mustWake { wake.signal() }
        return result
    }

    func enqueue(_ item: Item) { update { $0.queue.append(item) } }

    func stop() { update { $0.isStopped = true } }

    func add(
        _ handle: SocketHandle, _ readiness: Readiness, _ handler: @escaping @Sendable (Readiness) -> Void
    ) -> UInt64 {
        update { state in
            let id = state.nextID
            state.nextID += 1
            state.watches.append((id, Watch(handle: handle, readiness: readiness, handler: handler)))
            return id
        }
    }

    func setReadiness(_ id: UInt64, _ readiness: Readiness) {
        update { state in
            guard let index = state.watches.firstIndex(where: { $0.id == id }) else { return }
            state.watches[index].1.readiness = readiness
        }
    }

    func removeWatch(_ id: UInt64) {
        // Released outside the lock: this may be the last reference to the socket or to what its handler captured.
        _ = update { state in
            state.watches.firstIndex { $0.id == id }.map { state.watches.remove(at: $0).1 }
        }
    }

    func addTimer(_ interval: Duration, _ handler: @escaping @Sendable () -> Void) -> UInt64 {
        update { state in
            let id = state.nextID
            state.nextID += 1
            state.timers.append((id, Timer(interval: interval, due: .now + interval, handler: handler)))
            return id
        }
    }

    func removeTimer(_ id: UInt64) {
        _ = update { state in
            state.timers.firstIndex { $0.id == id }.map { state.timers.remove(at: $0).1 }
        }
    }
}

// The thread.
extension LoopCore {
    func start(name: String) throws(ZeroMQError) {
        var handle = pthread_t()
        let context = unsafe Unmanaged.passRetained(ThreadStart(core: self, name: name))
        let code = unsafe pthread_create(&handle, nil, { unsafe runThread($0) }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            throw ZeroMQError(operation: "start the thread \(name)", code: code)
        }
        pthread_detach(handle)
    }

    fileprivate func run() {
        thread.store(pthread_self(), ordering: .releasing)
        while turn() {}
    }

    /// One turn; `false` after the last.
    private func turn() -> Bool {
        let items = state.withLock { state in
            let items = state.queue
            state.queue = []
            return items
        }
        perform(items)
        fireTimers()

        let (watches, sleep) = state.withLock { state -> ([(id: UInt64, Watch)], Duration?) in
            if state.isStopped && state.queue.isEmpty { return ([], nil) }
            state.isAsleep = state.queue.isEmpty
            let until = state.timers.map(\.1.due).min()
            let rest = until.map { Swift.max(.zero, ContinuousClock.now.duration(to: $0)) }
            return (state.watches, state.isAsleep ? rest ?? .seconds(3600) : .zero)
        }
        guard let sleep else { return false }
        poll(watches, sleep)
        return true
    }

    private func perform(_ items: [Item]) {
        guard !items.isEmpty else { return }
        // A queued job keeps its actor alive and that its loop. Work may outlive the loop.
        let loop = executor.withLock { $0.loop }
        for item in items {
            switch item {
            case .work(let work): work()
            case .job(let job):
                guard let loop else { preconditionFailure("an actor outlived its poll loop") }
                unsafe job.runSynchronously(on: loop.asUnownedSerialExecutor())
            }
        }
    }

    private func fireTimers() {
        let now = ContinuousClock.now
        let due = state.withLock { state in
            var due: [@Sendable () -> Void] = []
            for index in state.timers.indices where state.timers[index].1.due <= now {
                // From now, not from when it was due: after a pause it fires once, not for every missed interval.
                state.timers[index].1.due = now + state.timers[index].1.interval
                due.append(state.timers[index].1.handler)
            }
            return due
        }
        for handler in due { handler() }
    }

    private func poll(_ watches: [(id: UInt64, Watch)], _ sleep: Duration) {
        let readable = Readiness.readable.rawValue
        var items = unsafe [zmq_pollitem_t(socket: nil, fd: wake.descriptor, events: readable, revents: 0)]
        for (_, watch) in watches {
            unsafe items.append(
                zmq_pollitem_t(socket: watch.handle.raw, fd: 0, events: watch.readiness.rawValue, revents: 0))
        }
        let (seconds, attoseconds) = sleep.components
        // Rounded up: waking a little before a timer is due would spin.
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let ready = unsafe zmq_poll(&items, Int32(items.count), Int(milliseconds))
        state.withLock { $0.isAsleep = false }
        // Negative: interrupted. A watched socket cannot be invalid, for the watch keeps it open.
        guard ready > 0 else { return }
        if unsafe items[0].revents != 0 { wake.clear() }
        for (index, (id, watch)) in watches.enumerated() {
            let happened = unsafe Readiness(rawValue: items[index + 1].revents)
            // An earlier handler of this turn may have cancelled this watch.
            guard !happened.isEmpty, state.withLock({ $0.watches.contains { $0.id == id } }) else { continue }
            watch.handler(happened)
        }
    }
}

private final class ThreadStart: Sendable {
    let core: LoopCore
    let name: String
    init(core: LoopCore, name: String) {
        self.core = core
        self.name = name
    }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let start = unsafe Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    // Signals are the main thread's business.
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
    // The kernel keeps 15 characters.
    unsafe pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
    start.core.run()
    return nil
}
