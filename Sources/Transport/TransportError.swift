public import ZeroMQ

/// Why a transport could not be made.
public enum TransportError: Error, Equatable, CustomStringConvertible {
    /// Another socket is bound there.
    case portInUse(endpoint: String)
    /// The endpoint can be reached from other machines, and nothing protects it.
    case unprotected(endpoint: String)
    /// The coordinator is on another machine, and nothing protects the way there.
    case unprotectedNode(endpoint: String)
    /// The endpoint cannot be read.
    case badEndpoint(String)
    /// libzmq's own reason.
    case zeroMQ(ZeroMQError)

    /// One sentence.
    public var description: String {
        switch self {
        case .portInUse(let endpoint):
            "\(endpoint) is already in use; stop the process that has it or choose another port."
        case .unprotected(let endpoint):
            """
            \(endpoint) can be reached from other machines: give a coordinator --keys (made by reprise keys init), bind to \
            127.0.0.1, or say --insecure on a network you trust entirely.
            """
        case .unprotectedNode(let endpoint):
            """
            \(endpoint) is on another machine: give --key and --server-key (made by reprise keys add), or say --insecure on a \
            network you trust entirely.
            """
        case .badEndpoint(let endpoint):
            "\"\(endpoint)\" is no endpoint; write tcp://HOST:PORT, for example tcp://127.0.0.1:7070."
        case .zeroMQ(let error): error.description
        }
    }
}
