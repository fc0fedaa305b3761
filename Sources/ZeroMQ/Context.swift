import CZeroMQ

// libzmq's context owns the I/O threads. It is thread-safe by its documentation. Terminating it waits for every socket of it
// to be closed, so each socket holds a reference and the context ends itself with the last: it cannot hang, save for the
// linger a socket was closed with. A process must not fork while a context lives.

/// A libzmq context: the sockets made in one share its I/O thread and its `inproc` names.
@safe public final class Context: Sendable {
    // Sound because libzmq's contexts may be used from any thread.
    nonisolated(unsafe) let raw: UnsafeMutableRawPointer

    /// Throws when the machine is out of memory or file descriptors.
    public init() throws(ZeroMQError) {
        guard let raw = unsafe zmq_ctx_new() else { throw .last("create a ZeroMQ context") }
        unsafe self.raw = raw
    }

    deinit {
        while unsafe zmq_ctx_term(raw) != 0 && zmq_errno() == EINTR {}
    }
}
