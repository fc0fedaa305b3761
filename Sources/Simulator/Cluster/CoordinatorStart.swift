import Digests
import RolloutCore
import Wire

// How a coordinator's process begins, as in `Nodes.CoordinatorProcess`: it reads the journal, looks at every blob the
// journal names, makes again what is lost, and refuses what contradicts itself.
extension Simulation {
    /// Why a run directory is not gone on from, and what that breaks where no rot explains it.
    struct Refusal: Error {
        let invariant: Invariant
        let sentence: String
    }

    func startCoordinator() {
        life += 1
        let records = disk.records
        let term = Term(
            rawValue: 1
                + records.reduce(UInt64(0)) { highest, record in
                    if case .termStarted(let term) = record { max(highest, term.rawValue) } else { highest }
                })
        var core: Coordinator
        do throws(Refusal) {
            core = try read(records, as: term)
            try repair(&core, records)
        } catch {
            guard disk.isRotten else { return witness.broke(error.invariant, error.sentence) }
            coverage.count("rot refused at recovery")
            trace.line(now, "the run directory is refused and restored: \(error.sentence)")
            disk.restore()
            return schedule(.startCoordinator(life: life), in: .seconds(1))
        }
        trace.line(now, "coordinator starts, term \(term.rawValue)")
        coverage.count("acknowledged result done again", witness.recovered(records, term: term))
        var model = CoordinatorModel(
            core: core, envelopes: CoordinatorEnvelopes(run: scenario.plan.run, term: term),
            workbook: ToyWorkbook(plan: scenario.plan), lineage: records, downloads: Downloads(pace: scenario.pace),
            lastCommit: now)
        if mutations.active == .seedsByTerm { model.workbook.impurity = term.rawValue - 1 }
        for record in records { model.workbook.note(record) }
        coordinator = model
        coordinatorPausedUntil = now
        for index in nodes.indices where nodes[index].worker != nil { reconnect(index) }
        schedule(.tickCoordinator(life: life), in: .milliseconds(100))
        coordinate { core, now in core.start(at: now) }
    }

    private func read(_ records: [Record], as term: Term) throws(Refusal) -> Coordinator {
        do {
            return try Coordinator(
                plan: scenario.plan, term: term, timers: scenario.timers, base: base, softwareVersion: "1",
                numericFingerprint: Self.fingerprint, seed: processes.next(), recovered: records, mutations: mutations)
        } catch {
            throw Refusal(invariant: .journalIsState, sentence: "the journal is refused: \(error)")
        }
    }

    /// As `Nodes.Repairs` does: a training set follows from the journal, and lost weights are trained again.
    private func repair(_ core: inout Coordinator, _ records: [Record]) throws(Refusal) {
        for (iteration, manifest) in core.trainingSets.sorted(by: { $0.key < $1.key })
        where !disk.holds(manifest.digest) {
            try expectRot(of: manifest.digest)
            let workbook = ToyWorkbook(plan: scenario.plan, recalling: records)
            guard let bytes = workbook.trainingSet(iteration, in: core), Digest.of(bytes) == manifest.digest else {
                throw Refusal(
                    invariant: .journalIsState, sentence: "the journal gives another training set \(iteration)")
            }
            disk.mend(manifest.digest, bytes)
            coverage.count("training set written again")
        }
        for policy in core.policies {
            guard let delta = policy.delta, !disk.holds(delta.digest) else { continue }
            try expectRot(of: delta.digest)
            if scenario.plan.recordedOnly.contains(.train) {
                coverage.count("lost weights of a program refused")
                throw Refusal(
                    invariant: .announcedWhenDurable,
                    sentence: "the program that made policy \(policy.version) would make another")
            }
            core.lost(policy: policy.version)
            coverage.count("lost weights trained again")
        }
    }

    /// Only what the disk damaged may be missing: everything named was there when the journal named it.
    private func expectRot(of blob: Digest) throws(Refusal) {
        guard disk.isRotten(blob) else {
            throw Refusal(
                invariant: .announcedWhenDurable, sentence: "the journal names blob \(blob.short), which is not whole")
        }
    }

    /// The run is over: who reads its directory next finds what was learned, or hears that it is damaged and restores it.
    func readAgain() {
        do throws(Refusal) {
            _ = try read(disk.records, as: Term(rawValue: .max))
        } catch {
            guard disk.isRotten else { return witness.broke(error.invariant, error.sentence) }
            coverage.count("rot refused after the end")
            disk.restore()
        }
    }

    static let fingerprint = Digest.of("arithmetic")

    var base: BaseManifest {
        BaseManifest(
            weights: ToyTasks.baseWeights,
            blob: BlobManifest(of: ToyTasks.baseArchive, chunkByteCount: scenario.wire.chunkByteCount))
    }
}
