import Digests
import RolloutCore
import Wire

// What the coordinator's shell does with its disk, with a chance to die at every boundary.
extension Simulation {
    func record(_ record: Record, isDurable: Bool) throws(Interruption) {
        witness.recording(record)
        coordinator?.workbook.note(record)
        coordinator?.waiting.append(record)
        coordinator?.lineage.append(record)
        let waiting = coordinator?.waiting.count ?? 0
        if isDurable || waiting >= scenario.journalBatch { try commit() }
        witness.recordedVisibly(record)
    }

    /// Writes what waits and syncs it.
    func commit() throws(Interruption) {
        guard let records = coordinator?.waiting, !records.isEmpty else { return }
        coordinator?.waiting = []
        try pass(.beforeJournalWrite)
        disk.isFull = diskFullUntil > now
        do { try disk.write(records) } catch { throw failed(error) }
        try pass(.beforeJournalSync)
        do { try disk.sync() } catch {
            if mutations.active != .writesOnAfterSyncError { throw failed(error) }
        }
        witness.synced(records)
        try pass(.afterJournalSync)
    }

    /// Stores a blob under its digest: temporary file, sync, rename, sync of the directory.
    func put(_ bytes: [UInt8]) throws(Interruption) {
        let digest = Digest.of(bytes)
        if disk.holds(digest) { return }
        try pass(.beforeBlobWrite)
        disk.isFull = diskFullUntil > now
        if disk.isFull { throw failed(.full) }
        try pass(.beforeBlobPublish)
        if disk.failsNextSync, mutations.active != .publishesBlobsUnsynced {
            disk.failsNextSync = false
            throw failed(.syncFailed)
        }
        do { try disk.publish(bytes, as: digest, isSynced: mutations.active != .publishesBlobsUnsynced) } catch {
            throw failed(error)
        }
        if mutations.active == .namesFilesByPeer { disk.open("blobs/../\(digest)") }
        try pass(.afterBlobPublish)
    }

    private func failed(_ error: DiskError) -> Interruption {
        coverage.count(error == .full ? "disk full" : "fsync failed")
        return .disk(error)
    }

    private func pass(_ boundary: Boundary) throws(Interruption) {
        guard armedBoundary == boundary else { return }
        armedBoundary = nil
        coverage.count("crash \(boundary.rawValue)")
        throw .crashed
    }

    // MARK: - Ends of a life

    func interrupt(_ reason: Interruption) {
        guard let model = coordinator else { return }
        switch reason {
        case .ended where isOver: trace.line(now, "coordinator ends")
        case .ended:
            trace.line(now, "coordinator ends")
            if model.core.outcome != nil, !model.isHalted {
                compareReplay(model)
                witness.compare(model.core.counters)
                readAgain()
                if let outcome { witness.ended(outcome, disk: disk) }
                learnAgain()
                isOver = true
            } else {
                // A person looks, and goes on.
                end(restartIn: .seconds(3))
            }
        case .disk(let error):
            trace.line(now, "coordinator ends: \(error)")
            end(restartIn: .milliseconds(damage.whole(500...3000)))
        case .crashed:
            trace.line(now, "coordinator crashes")
            countPlace(of: model)
            end(restartIn: faults.restart ?? .milliseconds(damage.whole(10...9000)))
        }
    }

    /// Where programs outside answered as they liked, what was learned follows from their answers all the same: a run without
    /// faults that is given these learns it.
    func learnAgain() {
        guard !scenario.plan.recordedOnly.isEmpty, recordings == nil, scenario.load == nil else { return }
        var quiet = Scenario.quiet(scenario.world, mutation: scenario.mutation)
        quiet.wire = scenario.wire
        // Rot that nobody has read yet is no part of what was recorded.
        disk.restore()
        let calm = Simulation(quiet, recordings: Recordings(disk))
        calm.run()
        coverage.count("learned again from what was recorded")
        if let nothingLearned {
            let again = calm.nothingLearned.map { "\($0)" } ?? "an outcome"
            return witness.expect(
                calm.nothingLearned == nothingLearned, .finalDigest,
                "\(nothingLearned); with what was recorded: \(again)")
        }
        guard let learned = Truth(calm) else {
            let why = calm.witness.violation?.detail ?? "it has no end"
            return witness.broke(.finalDigest, "what was recorded makes no run: \(why)")
        }
        witness.compare(learned, with: disk, outcome: outcome)
    }

    private func end(restartIn delay: Nanoseconds) {
        if let counters = coordinator?.core.counters { coverage.add(counters) }
        coordinator = nil
        life += 1
        let before = disk.records.count
        disk.crash(losesTail: isFaulty && faults.has(.lostTail), &damage)
        if disk.records.count < before {
            coverage.count("journal tail lost")
            coverage.faults[.lostTail, default: 0] += 1
        }
        schedule(.startCoordinator(life: life), in: delay)
    }

    func crashNow() {
        guard let model = coordinator else { return }
        compareReplay(model)
        interrupt(.crashed)
    }

    /// Between two events, facts are exactly what the journal says, committed or not.
    private func compareReplay(_ model: CoordinatorModel) {
        let core = model.core
        do {
            let replayed = try Coordinator(
                plan: scenario.plan, term: Term(rawValue: .max), timers: scenario.timers, base: base,
                softwareVersion: "1", numericFingerprint: Self.fingerprint, seed: 0, recovered: model.lineage,
                mutations: mutations)
            if replayed.facts != core.facts { witness.broke(.journalIsState, "a replay gives another state") }
        } catch {
            witness.broke(.journalIsState, "the live journal cannot be replayed: \(error)")
        }
    }

    private func countPlace(of model: CoordinatorModel) {
        if model.core.outcome != nil { return coverage.count("crash after the end") }
        guard case .training(let iteration) = model.core.phase else { return }
        if model.core.trainingSets[iteration] == nil {
            coverage.count("crash between seal and training")
        } else {
            coverage.count("crash while training")
        }
    }

    // MARK: - Blobs

    func serve(_ request: ChunkRequest, to session: SessionID, _ incarnation: Incarnation) {
        let bytes = request.blob == base.blob.digest ? ToyTasks.baseArchive : disk.blobs[request.blob]?.bytes
        for chunk in Chunk.answers(to: request, from: bytes, chunkByteCount: scenario.wire.chunkByteCount) {
            send(.chunk(chunk), to: session, incarnation)
        }
    }

    func fetch(
        _ policy: PolicyManifest, for task: TaskID, _ session: SessionID, _ incarnation: Incarnation
    ) throws(Interruption) {
        guard let delta = policy.delta, !disk.holds(delta.digest) else {
            coordinator?.pending.append(.policyStored(policy))
            return
        }
        coordinator?.fetches[delta.digest] = CoordinatorModel.Fetch(
            session: session, incarnation: incarnation, task: task, policy: policy)
        if let actions = coordinator?.downloads.begin(delta, at: coordinatorTime) {
            try act(on: actions)
        }
    }

    func act(on actions: [Downloads.Action]) throws(Interruption) {
        for action in actions {
            switch action {
            case .request(let request):
                guard let fetch = coordinator?.fetches[request.blob] else { continue }
                let session = coordinator?.core.session(of: fetch.incarnation) ?? fetch.session
                send(.chunkRequest(request), to: session, fetch.incarnation)
            case .arrived(let manifest, let bytes):
                guard let fetch = coordinator?.fetches.removeValue(forKey: manifest.digest) else { continue }
                try put(bytes)
                coordinator?.pending.append(.policyStored(fetch.policy))
            case .failed(let manifest, let failure):
                guard let fetch = coordinator?.fetches.removeValue(forKey: manifest.digest) else { continue }
                coordinator?.pending.append(
                    .policyFetchFailed(fetch.session, fetch.task, explanation: failure.description))
            }
        }
    }
}
