import CZeroMQ
import Glibc

/// A counter in the kernel that a poll can wait for: how other threads wake the poll loop.
final class EventFD: Sendable {
    let descriptor: Int32

    init() throws(ZeroMQError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw ZeroMQError(operation: "create an eventfd", code: errno) }
    }

    deinit { Glibc.close(descriptor) }

    /// Makes the descriptor readable. Harmless when it already is.
    func signal() {
        var one: UInt64 = 1
        while unsafe Glibc.write(descriptor, &one, 8) < 0 && errno == EINTR {}
    }

    /// Makes the descriptor unreadable again.
    func clear() {
        var count: UInt64 = 0
        while unsafe Glibc.read(descriptor, &count, 8) < 0 && errno == EINTR {}
    }
}
