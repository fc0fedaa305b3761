public import RolloutCore
import Synchronization
public import Wire
public import ZeroMQ

// The same conversation without a network: one coordinator, any number of nodes, in one process. Without faults and delay a
// message is delivered as soon as its receiver's loop comes to it. Faults are drawn from a seed and time is a number that
// `advance` moves, so a test that runs everything on one loop sees the same order every time.
//
// Like the real one it promises little: messages can be lost, doubled, late and overtaken, a session ends when its node
// reconnects or the coordinator is replaced, and sends never wait.

/// A network in memory.
public final class InMemoryNetwork: Sendable {
    /// What may happen to a message, drawn per message.
    public struct Faults: Sendable {
        /// Share of messages lost.
        public var loss = 0.0
        /// Share of the others delivered twice, each copy with its own delay.
        public var duplication = 0.0
        /// Delay of each delivery, drawn evenly. Different delays reorder messages.
        public var delay: ClosedRange<Duration> = .zero ... .zero
        /// Where the draws begin.
        public var seed: UInt64 = 0

        /// No faults.
        public init() {}
    }

    private let state: Mutex<State>
    private let codec: WireCodec?

    /// With `codec`, every message travels as a frame, and one that cannot is refused as it would be on the wire.
    public init(faults: Faults = Faults(), codec: WireCodec? = nil) {
        state = Mutex(State(faults: faults))
        self.codec = codec
    }

    /// A new coordinator's transport. It replaces the one before, whose sessions end.
    public func coordinator(on loop: PollLoop) -> InMemoryCoordinator { InMemoryCoordinator(loop: loop, network: self) }

    /// A new node's transport.
    public func node(on loop: PollLoop) -> InMemoryNode { InMemoryNode(loop: loop, network: self) }

    /// The network's time.
    public var now: Instant { state.withLock(\.now) }

    /// Moves time forward and delivers what became due, in order.
    public func advance(by duration: Duration) {
        deliver(
            state.withLock { state in
                state.now = state.now.advanced(by: duration)
                return state.takeDue()
            })
    }

    /// Deliveries still ahead.
    public var inFlight: Int { state.withLock(\.inFlight.count) }

    /// Returns once everything due is delivered and handled, including what its handling sent without delay.
    public func settle() async {
        var handed = -1
        while true {
            let (count, loops) = state.withLock { ($0.delivered, $0.loops) }
            if count == handed { return }
            handed = count
            for loop in loops {
                await withCheckedContinuation { done in loop.perform { done.resume() } }
            }
        }
    }
}

extension InMemoryNetwork {
    struct State: Sendable {
        let faults: Faults
        var random: UInt64
        var now = Instant(sinceStart: .zero)
        var inFlight: [Delivery] = []
        var nextDelivery: UInt64 = 0
        var delivered = 0
        var loops: [PollLoop] = []
        var nextSession: UInt64 = 1
        /// Who receives what nodes send.
        var coordinator: (id: UInt64, Port<(SessionID, Envelope<NodeMessage>)>)?
        /// Who receives what is sent to a session.
        var nodes: [SessionID: Port<Envelope<CoordinatorMessage>>] = [:]

        init(faults: Faults) {
            self.faults = faults
            random = faults.seed
        }
    }

    struct Port<Message: Sendable>: Sendable {
        let loop: PollLoop
        let receive: @Sendable (Message) -> Void
    }

    struct Delivery: Sendable {
        let due: Instant
        let order: UInt64
        let loop: PollLoop
        let action: @Sendable () -> Void
    }

    /// Sends a message through the faults. `action` hands it over; it runs on `loop`.
    func schedule(on loop: PollLoop, _ action: @escaping @Sendable () -> Void) {
        deliver(
            state.withLock { state in
                guard state.draw() >= state.faults.loss else { return [] }
                let copies = state.draw() < state.faults.duplication ? 2 : 1
                for _ in 0..<copies { state.add(loop, action) }
                return state.takeDue()
            })
    }

    private func deliver(_ due: [Delivery]) {
        for delivery in due { delivery.loop.perform(delivery.action) }
    }

    func withState<R: Sendable>(_ body: (inout State) -> R) -> R { state.withLock { body(&$0) } }

    /// The message as the other end will see it: itself, or decoded from its frame.
    func carry(_ envelope: Envelope<NodeMessage>) throws(WireError) -> Envelope<NodeMessage> {
        guard let codec else { return envelope }
        return try codec.decodeNodeMessage(codec.encode(envelope))
    }

    /// See the other `carry`.
    func carry(_ envelope: Envelope<CoordinatorMessage>) throws(WireError) -> Envelope<CoordinatorMessage> {
        guard let codec else { return envelope }
        return try codec.decodeCoordinatorMessage(codec.encode(envelope))
    }
}

extension InMemoryNetwork.State {
    mutating func add(_ loop: PollLoop, _ action: @escaping @Sendable () -> Void) {
        let range = faults.delay.upperBound - faults.delay.lowerBound
        let due = now.advanced(by: faults.delay.lowerBound + range * draw())
        inFlight.append(.init(due: due, order: nextDelivery, loop: loop, action: action))
        nextDelivery += 1
    }

    /// Removes what is due, ordered by time and then by sending.
    mutating func takeDue() -> [InMemoryNetwork.Delivery] {
        let due = inFlight.filter { $0.due <= now }.sorted { ($0.due, $0.order) < ($1.due, $1.order) }
        inFlight.removeAll { $0.due <= now }
        delivered += due.count
        return due
    }

    /// In [0, 1): SplitMix64.
    mutating func draw() -> Double {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }

    mutating func register(_ loop: PollLoop) {
        if !loops.contains(where: { $0 === loop }) { loops.append(loop) }
    }
}
