public import ZeroMQ

// CURVE whenever a socket leaves loopback; a plain socket that other machines can reach must be asked for by name.

/// How a coordinator's endpoint is protected.
public enum RouterSecurity: Sendable {
    /// Nothing; only loopback endpoints are bound.
    case plainLoopback
    /// Nothing, on any endpoint.
    case plainInsecure
    /// CURVE: encrypted, and only nodes whose public key is on the list.
    case curve(CurveKeyPair, KeyGuard)

    /// CURVE, with what two files hold.
    ///
    /// - Throws: `FileError` or `KeyError` when either cannot be used.
    public init(keyFile: String, allowedFile: String) throws {
        self = .curve(try KeyFile.pair(keyFile), try KeyGuard(path: allowedFile))
    }

    /// The list that decides who connects; nil where anybody may.
    public var keyGuard: KeyGuard? { if case .curve(_, let keyGuard) = self { keyGuard } else { nil } }
}

/// How a node protects its connection.
public enum DealerSecurity: Sendable {
    /// Not at all; only coordinators on this machine are connected to.
    case plainLoopback
    /// Not at all, to any coordinator.
    case plainInsecure
    /// CURVE, to the coordinator that holds the secret half of `server` and to no other.
    case curve(CurveKeyPair, server: CurvePublicKey)

    /// CURVE, with what two files hold.
    ///
    /// - Throws: `FileError` or `KeyError` when either cannot be used.
    public init(keyFile: String, serverKeyFile: String) throws {
        self = .curve(try KeyFile.pair(keyFile), server: try KeyFile.publicKey(serverKeyFile))
    }
}

/// Where an endpoint can be reached from.
enum Reach {
    case loopback
    case anywhere

    /// Throws when `endpoint` is not `tcp://HOST:PORT`, `ipc://PATH` or `inproc://NAME`, or cannot be connected to where it
    /// `isPeer`.
    init(of endpoint: String, isPeer: Bool = false) throws(TransportError) {
        if endpoint.hasPrefix("ipc://") || endpoint.hasPrefix("inproc://") {
            self = .loopback
            return
        }
        guard let address = TCPEndpoint(endpoint), address.isPlace || !isPeer else { throw .badEndpoint(endpoint) }
        self = address.isLoopback ? .loopback : .anywhere
    }
}

/// Endpoints as people give them.
public enum EndpointText {
    /// - Throws: `TransportError.badEndpoint` when nothing can be bound there, or nobody connect to it where it `isPeer`.
    public static func check(_ endpoint: String, isPeer: Bool) throws(TransportError) {
        _ = try Reach(of: endpoint, isPeer: isPeer)
    }

    /// Whether other machines can reach what is bound there.
    ///
    /// - Throws: `TransportError.badEndpoint`.
    public static func isOpen(_ endpoint: String) throws(TransportError) -> Bool {
        try Reach(of: endpoint) == .anywhere
    }
}
