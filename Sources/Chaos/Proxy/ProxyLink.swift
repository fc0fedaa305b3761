import Configuration
import RolloutCore
import ZeroMQ

/// One node's connection through the proxy. Belongs to the proxy's actor.
final class ProxyLink {
    /// What the front socket calls the node.
    let routingID: [UInt8]
    /// The proxy's own connection to the coordinator, for this node alone.
    private(set) var back: Socket
    /// Calls when the coordinator has sent something.
    var watch: SocketWatch?
    /// What the node does, once it has said so.
    var role: FaultTarget?
    /// On their way from the node.
    var toCoordinator = Lane()
    /// On their way to the node.
    var toNode = Lane()
    /// When the node last sent something.
    var lastHeard: Duration
    private var cutTowardsCoordinator = Duration.zero
    private var cutTowardsNode = Duration.zero

    init(_ routingID: [UInt8], _ back: consuming Socket, at now: Duration) {
        self.routingID = routingID
        self.back = back
        lastHeard = now
    }

    func cut(_ direction: FaultDirection, until end: Duration) {
        if direction.includes(.toCoordinator) { cutTowardsCoordinator = max(cutTowardsCoordinator, end) }
        if direction.includes(.toNode) { cutTowardsNode = max(cutTowardsNode, end) }
    }

    func mend() {
        cutTowardsCoordinator = .zero
        cutTowardsNode = .zero
    }

    func isCut(_ direction: FaultDirection, at now: Duration) -> Bool {
        now < (direction == .toCoordinator ? cutTowardsCoordinator : cutTowardsNode)
    }

    /// A new connection to the coordinator; what was on its way is lost.
    func reset(_ back: consuming Socket) {
        watch = nil
        toCoordinator.removeAll()
        toNode.removeAll()
        self.back = back
    }
}
