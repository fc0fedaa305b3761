import Digests
import RolloutCore
import Transport
import Testing

/// Small messages for conversations.
enum Messages {
    static func heartbeat(_ sequence: Int) -> Envelope<NodeMessage> {
        node(sequence, .heartbeat(Heartbeat(held: [], credit: UInt32(sequence % 4000))))
    }

    static func node(_ sequence: Int, _ message: NodeMessage) -> Envelope<NodeMessage> {
        Envelope(
            run: .zero, term: Term(rawValue: 1), incarnation: Incarnation(rawValue: 5), sequence: UInt64(sequence),
            message: message)
    }

    static func coordinator(_ sequence: Int, _ message: CoordinatorMessage) -> Envelope<CoordinatorMessage> {
        Envelope(
            run: .zero, term: Term(rawValue: 1), incarnation: Incarnation(rawValue: 5), sequence: UInt64(sequence),
            message: message)
    }

    static func chunk(_ index: Int, byteCount: Int) -> Chunk {
        Chunk(
            blob: .zero, index: UInt32(index),
            bytes: Array(repeating: UInt8(truncatingIfNeeded: index), count: byteCount))
    }

    /// A result of about `byteCount` bytes.
    static func result(_ sequence: Int, byteCount: Int) -> Envelope<NodeMessage> {
        let attempt = Attempt(task: TaskID(iteration: 1, split: .train, kind: .sample, index: 0), attempt: 1)
        let trajectory = Trajectory(
            id: TrajectoryID(prompt: 0, sample: 0), tokens: [1, 2], stop: .length,
            reasoning: String(repeating: "r", count: byteCount), answer: nil, logProbability: -1)
        return node(
            sequence,
            .result(
                TaskResult(
                    attempt: attempt, inputDigest: .zero, resultDigest: .zero, output: .sample([trajectory]),
                    computeTime: .zero)))
    }
}

/// A transport's deliveries as a sequence. Tests with it have a time limit.
struct Inbox<Message: Sendable>: Sendable {
    private let stream: AsyncStream<Message>
    let put: @Sendable (Message) -> Void

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Message.self)
        self.stream = stream
        put = { continuation.yield($0) }
    }

    func next() async -> Message? {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
    }
}

typealias FromNode = (session: SessionID, envelope: Envelope<NodeMessage>)

extension CoordinatorTransport {
    func inbox() -> Inbox<FromNode> {
        let inbox = Inbox<FromNode>()
        start { inbox.put(($0, $1)) }
        return inbox
    }
}

extension NodeTransport {
    func inbox() -> Inbox<Envelope<CoordinatorMessage>> {
        let inbox = Inbox<Envelope<CoordinatorMessage>>()
        start(inbox.put)
        return inbox
    }
}

/// Waits until `condition` holds.
///
/// - Throws: an issue and the end of the test after two minutes.
func until(
    _ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while try await !condition() {
        if ContinuousClock.now > deadline {
            Issue.record("this did not come true in two minutes", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(1))
    }
}

/// Another message came than the one expected.
struct Unexpected: Error {}
