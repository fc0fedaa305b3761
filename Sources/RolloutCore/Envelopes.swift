public import Digests

/// Numbers a coordinator's messages: one sequence per node's incarnation, over all kinds of message.
public struct CoordinatorEnvelopes: Sendable {
    private let run: Digest
    private let term: Term
    private var sequences: [Incarnation: UInt64] = [:]

    /// Starts every sequence at 1.
    public init(run: Digest, term: Term) {
        self.run = run
        self.term = term
    }

    /// The message in its envelope.
    public mutating func wrap(
        _ message: CoordinatorMessage, for incarnation: Incarnation
    ) -> Envelope<CoordinatorMessage> {
        let sequence = (sequences[incarnation] ?? 0) + 1
        sequences[incarnation] = sequence
        return Envelope(run: run, term: term, incarnation: incarnation, sequence: sequence, message: message)
    }
}
