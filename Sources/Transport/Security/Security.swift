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

    /// Throws when `endpoint` is not `tcp://HOST:PORT`, `ipc://PATH` or `inproc://NAME`.
    init(of endpoint: String) throws(TransportError) {
        if endpoint.hasPrefix("ipc://") || endpoint.hasPrefix("inproc://") {
            self = .loopback
            return
        }
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else {
            throw .badEndpoint(endpoint)
        }
        let start = endpoint.index(endpoint.startIndex, offsetBy: 6)
        guard start < colon else { throw .badEndpoint(endpoint) }
        let host = endpoint[start..<colon]
        let port = endpoint[endpoint.index(after: colon)...]
        guard port == "*" || UInt16(port) != nil else { throw .badEndpoint(endpoint) }
        let quads = host.split(separator: ".", omittingEmptySubsequences: false)
        let isLoopback =
            host == "localhost" || host == "[::1]"
            || (quads.count == 4 && quads[0] == "127" && quads.allSatisfy { UInt8($0) != nil })
        self = isLoopback ? .loopback : .anywhere
    }
}
