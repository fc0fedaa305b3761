public import Digests
import GRDB
import RolloutCore

extension RunReader {
    /// What was learned, in 32 bytes: the sealed E-steps, the policies' weights and the outcome.
    ///
    /// Time, nodes, attempts and bytes on the wire are not in it, so that two runs of one configuration and seed have the
    /// same identity whatever happened to their machines.
    ///
    /// - Throws: `RunStoreError` when the journal is damaged.
    public func identity() throws(RunStoreError) -> Digest {
        try read { db in
            var digest = DigestBuilder("reprise.learned.v1")
            // Runs whose rationales are known at the start have no such row, and the digest they always had.
            if let rationales = try Self.sealedRationales(db) { rationales.add(to: &digest) }
            let sealed = try Self.sealed(db)
            digest.add(sealed.count)
            for iteration in sealed { iteration.add(to: &digest) }
            let reader = RecordReader(db: db)
            for row in try Self.rows(
                db, "journal", "SELECT seq, kind FROM journal WHERE kind = 'policies' ORDER BY seq")
            {
                guard case .policyCommitted(let policy) = try reader.record(row.integer("seq"), in: "policies") else {
                    continue
                }
                digest.add(Int(policy.version))
                digest.add(policy.base)
                digest.add(policy.weights)
            }
            let outcome = try Self.rows(db, "journal", "SELECT seq FROM journal WHERE kind = 'outcome'").first
            if let outcome, case .finished(let finished) = try reader.record(outcome.integer("seq"), in: "outcome") {
                finished.add(to: &digest)
            }
            return digest.finish()
        }
    }

    /// Whether the run has come to its end.
    ///
    /// - Throws: `RunStoreError` when the journal cannot be read.
    public func isFinished() throws(RunStoreError) -> Bool {
        try read { db in try Bool.fetchOne(db, sql: "SELECT count(*) > 0 FROM outcome") ?? false }
    }
}

extension SealedRationales {
    fileprivate func add(to digest: inout DigestBuilder) {
        digest.add("rationales")
        digest.add(root)
        for part in [counts.written, counts.profile, counts.none, counts.failed, counts.leaks, counts.unusable] {
            digest.add(Int(part))
        }
    }
}

extension SealedIteration {
    fileprivate func add(to digest: inout DigestBuilder) {
        digest.add(Int(iteration))
        digest.add(root)
        digest.add(thresholds.count)
        for threshold in thresholds {
            digest.add(threshold.group)
            digest.add(threshold.value)
        }
        digest.add(kept.count)
        for one in kept {
            digest.add(Int(one.id.prompt))
            digest.add(Int(one.id.sample))
            digest.add(one.reward)
        }
        let parts = [
            counts.sampled, counts.kept, counts.belowThreshold, counts.malformed, counts.unscored, counts.duplicate,
            counts.overCap, counts.starvedPrompts,
        ]
        for part in parts { digest.add(Int(part)) }
    }
}

extension Outcome {
    fileprivate func add(to digest: inout DigestBuilder) {
        digest.add(Int(bestPolicy))
        digest.add(evaluations.count)
        for evaluation in evaluations {
            digest.add(Int(evaluation.policy))
            digest.add(Int(evaluation.split.rawValue))
            digest.add(Int(evaluation.decoding))
            digest.add(evaluation.meanReward)
            digest.add(Int(evaluation.count))
            digest.add(Int(evaluation.malformed))
            digest.add(Int(evaluation.unscored))
        }
    }
}
