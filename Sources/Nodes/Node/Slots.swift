import Foundation
import Synchronization

/// A node's threads for tasks. Not the cooperative pool: a task computes for seconds and must not keep others from running.
final class Slots: Sendable {
    private let queue = OperationQueue()

    init(count: Int) {
        queue.maxConcurrentOperationCount = count
        queue.qualityOfService = .userInitiated
    }

    /// Runs `body` on a thread when one is free.
    func run(_ body: @escaping @Sendable () -> Void) {
        queue.addOperation(body)
    }
}

/// Tells a running task that nobody wants its result any more.
final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func cancel() { flag.store(true, ordering: .relaxed) }
}
