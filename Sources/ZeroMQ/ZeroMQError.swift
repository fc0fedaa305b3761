import CZeroMQ

/// A call of libzmq that failed for a reason its caller did not ask about.
public struct ZeroMQError: Error, Equatable, CustomStringConvertible {
    /// What was attempted, for example `bind tcp://127.0.0.1:5555`.
    public let operation: String
    /// libzmq's error number.
    public let code: Int32

    /// The address is taken by another socket.
    public var isAddressInUse: Bool { code == EADDRINUSE }

    /// One sentence.
    public var description: String {
        let reason = unsafe zmq_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return "Cannot \(operation): \(reason)."
    }

    /// The calling thread's last error.
    static func last(_ operation: String) -> ZeroMQError { ZeroMQError(operation: operation, code: zmq_errno()) }
}
