import Synchronization

/// Computing that a task goes on with, done in earlier attempts.
final class EarlierTime: Sendable {
    private let time = Mutex(Duration.zero)

    var sum: Duration { time.withLock { $0 } }

    func add(_ more: Duration) { time.withLock { $0 += more } }
}
