import Digests
import Testing

@testable import RolloutCore

@Suite struct EnvelopesTests {
    @Test func sequencesGrowForEveryIncarnation() {
        var envelopes = CoordinatorEnvelopes(run: Digest.of("run"), term: Term(rawValue: 3))
        let (a, b) = (Incarnation(rawValue: 1), Incarnation(rawValue: 2))
        let sent = [a, a, b, a].map { envelopes.wrap(.heartbeatAck, for: $0) }
        #expect(sent.map(\.sequence) == [1, 2, 3, 4])
        #expect(sent.allSatisfy { $0.term.rawValue == 3 && $0.run == Digest.of("run") })
        #expect(sent[2].incarnation == b)
    }
}
