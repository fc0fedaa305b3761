public import ZeroMQ

/// Why a transport could not be made.
public enum TransportError: Error, Equatable, CustomStringConvertible {
    /// Another socket is bound there.
    case portInUse(endpoint: String)
    /// The endpoint can be reached from other machines, and nothing protects it.
    case unprotected(endpoint: String)
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
            "\(endpoint) can be reached from other machines: bind to 127.0.0.1, or say --insecure on a network you trust."
        case .badEndpoint(let endpoint):
            "\"\(endpoint)\" is no endpoint; write tcp://HOST:PORT, for example tcp://127.0.0.1:7070."
        case .zeroMQ(let error): error.description
        }
    }
}
