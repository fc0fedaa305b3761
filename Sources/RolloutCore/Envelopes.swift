public import Digests

/// Numbers a coordinator's messages. One count over all of them grows for each node, and takes no more room however many have
/// ever said Hello.
public struct CoordinatorEnvelopes: Sendable {
    private let run: Digest
    private let term: Term
    private var sequence: UInt64 = 0

    /// Begins with 1.
    public init(run: Digest, term: Term) {
        self.run = run
        self.term = term
    }

    /// The message in its envelope.
    public mutating func wrap(
        _ message: CoordinatorMessage, for incarnation: Incarnation
    ) -> Envelope<CoordinatorMessage> {
        sequence += 1
        return Envelope(run: run, term: term, incarnation: incarnation, sequence: sequence, message: message)
    }
}
