import CZeroMQ

// ZAP (RFC 27, rfc.zeromq.org/spec/27): libzmq asks a socket bound to inproc://zeromq.zap.01 about every peer that presents a
// CURVE key. Without that socket it lets everyone in, so the gatekeeper starts before the guarded socket binds.

/// Answers which CURVE clients may connect to the sockets of a context.
public struct Gatekeeper: ~Copyable {
    /// To be watched; call `answer` when it is readable.
    public let socket: Socket

    /// Takes the context's ZAP address. Throws when another gatekeeper has it.
    public init(_ context: Context) throws(ZeroMQError) {
        let socket = try Socket(context, .reply)
        _ = try socket.bind("inproc://zeromq.zap.01")
        self.socket = socket
    }

    /// Calls `handler` when questions wait.
    public borrowing func watch(on loop: PollLoop, _ handler: @escaping @Sendable () -> Void) -> SocketWatch {
        loop.watch(socket) { _ in handler() }
    }

    /// Answers one waiting question, and returns its answer; `nil` when none waits. Messages of a client that is admitted
    /// carry its public key as their `user`.
    ///
    /// - Parameter admits: told the client's public key and address.
    public borrowing func answer(
        _ admits: (_ key: CurvePublicKey, _ address: String) -> Bool
    ) throws(ZeroMQError) -> Bool? {
        guard let request = try socket.receive(maximumParts: 7) else { return nil }
        var admitted: CurvePublicKey?
        // Version, request id, domain, address, routing id, mechanism, credentials.
        if request.parts.count == 7, request.parts[5] == Array("CURVE".utf8),
            let key = CurvePublicKey(bytes: request.parts[6]),
            admits(key, String(decoding: request.parts[3], as: UTF8.self))
        {
            admitted = key
        }
        let id = request.parts.count > 1 ? request.parts[1] : []
        let (code, text) = admitted == nil ? ("400", "No") : ("200", "OK")
        _ = try socket.send(
            Array("1.0".utf8), id, Array(code.utf8), Array(text.utf8), Array((admitted?.description ?? "").utf8), [])
        return admitted != nil
    }
}
