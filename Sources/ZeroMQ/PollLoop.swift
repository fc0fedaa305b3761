import CZeroMQ
import Glibc
import Synchronization

// ZeroMQ sockets belong to one thread. Here that is no comment but a type: the loop's thread is the executor of the actors
// that own the sockets, so the compiler keeps everyone else out, and an actor's turn and a socket's message never overlap.
//
// One turn: run the queued jobs in order, fire due timers, wait in zmq_poll for sockets or for the eventfd another thread
// writes after it queued something, call the handlers of ready sockets. zmq_poll itself is level-triggered; a handler may
// leave messages for the next turn, so that no socket starves the others.

/// A thread that polls sockets and runs the jobs of actors (`PollLoopActor`).
///
/// The thread ends when the last reference to the loop is gone.
public final class PollLoop: SerialExecutor {
    let core: LoopCore

    /// Starts the thread. Throws when out of file descriptors or threads.
    public init(name: String) throws(ZeroMQError) {
        core = try LoopCore()
        core.executor.withLock { $0.loop = self }
        try core.start(name: name)
    }

    deinit { core.stop() }

    /// Queues an actor's job.
    public func enqueue(_ job: consuming ExecutorJob) {
        core.enqueue(.job(UnownedJob(job)))
    }

    /// Queues `work`, in the same order as jobs.
    public func perform(_ work: @escaping @Sendable () -> Void) {
        core.enqueue(.work(work))
    }

    /// Whether the caller runs on the loop's thread.
    public var isCurrent: Bool { core.isCurrent }

    /// For `assumeIsolated` in handlers, which run outside any job.
    public func isIsolatingCurrentContext() -> Bool? { core.isCurrent }

    /// See `isIsolatingCurrentContext`.
    public func checkIsolated() {
        precondition(core.isCurrent, "this must run on the thread of its poll loop")
    }

    /// Calls `handler` on the loop's thread whenever the socket is ready, until the watch is cancelled or gone.
    public func watch(
        _ socket: borrowing Socket, for readiness: Readiness = .readable,
        _ handler: @escaping @Sendable (Readiness) -> Void
    ) -> SocketWatch {
        SocketWatch(core, core.add(socket.handle, readiness, handler))
    }

    /// Calls `handler` on the loop's thread every `interval`, first after one `interval`, until the timer is cancelled or gone.
    public func every(_ interval: Duration, _ handler: @escaping @Sendable () -> Void) -> LoopTimer {
        LoopTimer(core, core.addTimer(interval, handler))
    }
}

/// What a socket is ready, or watched, for.
public struct Readiness: OptionSet, Sendable {
    /// Bits.
    public let rawValue: Int16
    /// From bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }
    /// A message can be received.
    public static let readable = Readiness(rawValue: Int16(ZMQ_POLLIN))
    /// A message can be sent. Means nothing for a ROUTER, which always says so.
    public static let writable = Readiness(rawValue: Int16(ZMQ_POLLOUT))
}

/// A socket being watched; the watch ends with this value.
public final class SocketWatch: Sendable {
    private let core: LoopCore
    private let id: UInt64

    init(_ core: LoopCore, _ id: UInt64) {
        self.core = core
        self.id = id
    }

    deinit { core.removeWatch(id) }

    /// Changes what is watched for.
    public func setReadiness(_ readiness: Readiness) { core.setReadiness(id, readiness) }

    /// Ends the watch. No call of the handler begins after this when called on the loop's thread.
    public func cancel() { core.removeWatch(id) }
}

/// A repeating timer; it ends with this value.
public final class LoopTimer: Sendable {
    private let core: LoopCore
    private let id: UInt64

    init(_ core: LoopCore, _ id: UInt64) {
        self.core = core
        self.id = id
    }

    deinit { core.removeTimer(id) }

    /// Ends the timer.
    public func cancel() { core.removeTimer(id) }
}

/// An actor that runs on a poll loop's thread. Two of them on one loop call each other without a hop: `await` between them
/// does not switch threads, and `assumeIsolated` needs no `await`.
public protocol PollLoopActor: Actor {
    /// The thread this actor runs on.
    nonisolated var loop: PollLoop { get }
}

extension PollLoopActor {
    /// The loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
}
