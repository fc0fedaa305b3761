import ZeroMQ

/// Why a connection came to nothing, as either side sees it.
public enum ConnectionRefusal: String, Sendable, Hashable, CaseIterable {
    /// The node's key is on no line of the coordinator's list.
    case unknownKey
    /// The node's key was taken off the list.
    case revokedKey
    /// The coordinator did not admit the node's key; what a node hears of the two above.
    case unauthorized
    /// One side has keys and the other none.
    case otherMechanism
    /// The node does not know the coordinator by its key.
    case wrongServerKey
    /// What came was not ZeroMQ's protocol.
    case badProtocol
    /// The connection ended before it was made.
    case unfinished

    init(_ failure: SocketMonitor.HandshakeFailure) {
        switch failure {
        case .unauthorized: self = .unauthorized
        case .otherMechanism: self = .otherMechanism
        case .wrongKey: self = .wrongServerKey
        case .badProtocol: self = .badProtocol
        case .unfinished: self = .unfinished
        }
    }

    /// What a coordinator logs.
    var atCoordinator: String {
        switch self {
        case .unknownKey, .unauthorized: "its key is not on the list"
        case .revokedKey: "its key was revoked"
        case .otherMechanism: "it does not encrypt as this coordinator does; both need keys, or neither"
        case .wrongServerKey: "it takes this coordinator for another: its server key is not this one's"
        case .badProtocol: "it does not speak the protocol"
        case .unfinished: "it ended before its handshake, as that of a node that does not encrypt may"
        }
    }

    /// What a node tells the person who started it, and whether trying again is no use.
    public var atNode: (isFinal: Bool, explanation: String) {
        switch self {
        case .unknownKey, .revokedKey, .unauthorized:
            (true, "this node's key is not on its list, or was revoked: see reprise keys list there")
        case .otherMechanism:
            (true, "one of the two encrypts and the other does not: give both their keys, or neither")
        case .wrongServerKey, .badProtocol, .unfinished:
            (
                false,
                "connections end before they are made: is --server-key the key of that coordinator, do both of you have "
                    + "keys or neither, and is it a coordinator that listens there?"
            )
        }
    }
}
