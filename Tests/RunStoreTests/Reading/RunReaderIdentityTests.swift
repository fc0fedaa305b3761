import Digests
import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderIdentityTests {
    private func identity(_ records: [Record], start: Double = 0) throws -> Digest {
        let run = try TemporaryRun()
        let journal = try run.journal(clock: { start })
        try SmallRun.begin(journal)
        try journal.append(records, durable: true)
        return try RunReader(run.directory).identity()
    }

    @Test func doesNotDependOnNodesAttemptsOrTime() throws {
        let reference = try identity(SmallRun.records())
        #expect(try identity(SmallRun.records(node: "elsewhere", attempt: 4), start: 5e8) == reference)
        var restarted = SmallRun.records()
        restarted.insert(.termStarted(Term(rawValue: 9)), at: 7)
        #expect(try identity(restarted) == reference)
    }

    @Test func dependsOnEverythingThatIsLearned() throws {
        let reference = SmallRun.records()
        var identities: Set<Digest> = [try identity(reference)]
        func changed(_ change: (inout Record) -> Void) throws {
            var records = reference
            for index in records.indices { change(&records[index]) }
            #expect(identities.insert(try identity(records)).inserted)
        }
        try changed { if case .sealed(var sealed) = $0 { sealed.root = Digest.of("other"); $0 = .sealed(sealed) } }
        try changed { if case .sealed(var sealed) = $0 { sealed.kept[0].reward = 0.91; $0 = .sealed(sealed) } }
        try changed { if case .sealed(var sealed) = $0 { sealed.kept[0].id.sample = 0; $0 = .sealed(sealed) } }
        try changed { if case .sealed(var sealed) = $0 { sealed.thresholds[0].value = 0.4; $0 = .sealed(sealed) } }
        try changed { if case .sealed(var sealed) = $0 { sealed.counts.overCap = 2; $0 = .sealed(sealed) } }
        try changed {
            if case .policyCommitted(var policy) = $0, policy.version == 1 {
                policy.weights = Digest.of("other")
                $0 = .policyCommitted(policy)
            }
        }
        try changed { if case .finished(var outcome) = $0 { outcome.bestPolicy = 0; $0 = .finished(outcome) } }
        try changed {
            if case .finished(var outcome) = $0 { outcome.evaluations[1].meanReward = 0.41; $0 = .finished(outcome) }
        }
        #expect(identities.insert(try identity(Array(reference.dropLast()))).inserted, "an unfinished run is another")
    }

    @Test func bytesOnTheWireAreNotLearned() throws {
        let reference = SmallRun.records()
        let recompressed = reference.map { record -> Record in
            guard case .policyCommitted(var policy) = record else { return record }
            policy.delta?.digest = Digest.of("packed otherwise")
            return .policyCommitted(policy)
        }
        #expect(try identity(recompressed) == identity(reference))
    }
}
