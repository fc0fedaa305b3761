import Synchronization
import ZeroMQ

/// A node's threads for tasks. Not the cooperative pool: a task computes for seconds and must not keep others from running.
///
/// They are made when the node starts and not when a task does: a machine that has no memory for a thread says so then,
/// rather than hold a task that never begins. A poll loop without sockets is such a thread.
final class Slots: Sendable {
    private struct State {
        var idle: [PollLoop]
        /// Bodies that wait for a thread whose task was cancelled and has not noticed yet.
        var waiting: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    /// - Throws: `ZeroMQError` when the system has no more threads.
    init(count: Int) throws(ZeroMQError) {
        var idle: [PollLoop] = []
        for index in 0..<count { idle.append(try PollLoop(name: "slot \(index + 1)")) }
        state = Mutex(State(idle: idle))
    }

    /// Runs `body` on a thread when one is free.
    func run(_ body: @escaping @Sendable () -> Void) {
        let loop = state.withLock { state -> PollLoop? in
            if let loop = state.idle.popLast() { return loop }
            state.waiting.append(body)
            return nil
        }
        if let loop { perform(body, on: loop) }
    }

    private func perform(_ body: @escaping @Sendable () -> Void, on loop: PollLoop) {
        loop.perform { [self] in
            body()
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                state.idle.append(loop)
                return nil
            }
            if let next { perform(next, on: loop) }
        }
    }
}

/// Tells a running task that nobody wants its result any more.
final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    private let suspended = Atomic<Bool>(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }
    /// Whether the task was put off rather than given up.
    var isSuspended: Bool { suspended.load(ordering: .relaxed) }

    func cancel() { flag.store(true, ordering: .relaxed) }

    func suspend() {
        suspended.store(true, ordering: .relaxed)
        cancel()
    }
}
