public import ZeroMQ

// CURVE whenever a socket leaves loopback; a plain socket that other machines can reach must be asked for by name.

/// How a coordinator's endpoint is protected.
public enum RouterSecurity: Sendable {
    /// Nothing; only loopback endpoints are bound.
    case plainLoopback
    /// Nothing, on any endpoint.
    case plainInsecure
    /// CURVE: encrypted, and only nodes for whose public key `admits` answers true. It is asked on the loop's thread at
    /// each handshake, so a list can be reloaded.
    case curve(CurveKeyPair, admits: @Sendable (CurvePublicKey) -> Bool)
}

/// How a node protects its connection.
public enum DealerSecurity: Sendable {
    /// Not at all.
    case plain
    /// CURVE, to the coordinator that holds the secret half of `server`.
    case curve(CurveKeyPair, server: CurvePublicKey)
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
