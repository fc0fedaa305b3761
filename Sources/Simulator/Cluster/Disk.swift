import Digests
import RolloutCore

/// Why a write did not happen.
enum DiskError: Error, Equatable {
    case full
    case syncFailed
}

/// The run directory of the coordinator: a journal of transactions, and blobs by digest.
///
/// What is written is in the page cache; what is synced is on the platter. A crash takes what is not synced, if the fault
/// plan says so: each transaction of the tail survives or is lost with half a chance, and so is everything behind the
/// first lost one, for a journal is read up to its first torn frame (SQLite's write-ahead log does the same). After an
/// fsync that failed the pages are dropped and marked clean (Rebello et al., USENIX ATC 2020): the process still reads
/// them, the disk never gets them.
struct Disk {
    struct Transaction {
        var records: [Record]
        var isSynced = false
        /// Dropped by a failed fsync: lost for certain.
        var isPhantom = false
    }

    struct StoredBlob {
        var bytes: [UInt8]
        var isSynced: Bool
    }

    private(set) var journal: [Transaction] = []
    private(set) var blobs: [Digest: StoredBlob] = [:]
    /// What a careful person has a copy of: everything before it rotted.
    private var goodRecords: [Int: Transaction] = [:]
    private var goodBlobs: [Digest: [UInt8]] = [:]
    var isFull = false
    var failsNextSync = false
    /// Names of every file ever opened, for the invariant that none lies outside the run directory.
    private(set) var strangeName: String?

    var records: [Record] { journal.flatMap(\.records) }
    var isRotten: Bool { !goodRecords.isEmpty || !goodBlobs.isEmpty }

    func isRotten(_ blob: Digest) -> Bool { goodBlobs[blob] != nil }

    // MARK: - Journal

    mutating func write(_ records: [Record]) throws(DiskError) {
        if isFull { throw .full }
        journal.append(Transaction(records: records))
    }

    mutating func sync() throws(DiskError) {
        if failsNextSync {
            failsNextSync = false
            for index in journal.indices where !journal[index].isSynced { journal[index].isPhantom = true }
            throw .syncFailed
        }
        for index in journal.indices where !journal[index].isPhantom { journal[index].isSynced = true }
    }

    // MARK: - Blobs

    /// Whether the whole blob is there and is what its name says.
    func holds(_ digest: Digest) -> Bool { blobs[digest].map { Digest.of($0.bytes) == digest } ?? false }

    mutating func open(_ name: String) {
        let path = name.hasPrefix("blobs/") ? name.dropFirst(6) : "?"
        if path.utf8.count != 64 || !path.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) {
            strangeName = name
        }
    }

    mutating func publish(_ bytes: [UInt8], as digest: Digest, isSynced: Bool) throws(DiskError) {
        if isFull { throw .full }
        open("blobs/\(digest)")
        goodBlobs[digest] = nil
        blobs[digest] = StoredBlob(bytes: bytes, isSynced: isSynced)
    }

    /// Puts back a blob whose bytes were had again.
    mutating func mend(_ digest: Digest, _ bytes: [UInt8]) {
        goodBlobs[digest] = nil
        blobs[digest] = StoredBlob(bytes: bytes, isSynced: true)
    }

    // MARK: - Faults

    /// The process is gone, and with `losesTail` the machine's page cache too.
    mutating func crash(losesTail: Bool, _ random: inout SplitMix) {
        let lost = journal.firstIndex { transaction in
            transaction.isPhantom || (!transaction.isSynced && losesTail && random.happens(0.5))
        }
        if let lost { journal.removeSubrange(lost...) }
        for index in journal.indices { journal[index].isSynced = true }
        for digest in blobs.keys.sorted() where blobs[digest]?.isSynced == false {
            if losesTail, random.happens(0.5), let bytes = blobs[digest]?.bytes {
                blobs[digest]?.bytes = Array(bytes.prefix(random.index(bytes.count + 1)))
            }
            blobs[digest]?.isSynced = true
        }
    }

    /// Changes one stored record where a reader could be misled by it.
    mutating func rotRecord(_ random: inout SplitMix) {
        let candidates = journal.indices.filter { journal[$0].isSynced && goodRecords[$0] == nil }
        guard !candidates.isEmpty else { return }
        let index = random.pick(candidates)
        let old = journal[index]
        guard let place = old.records.indices.randomElement(using: &random),
            let rotten = old.records[place].rotten(&random)
        else { return }
        goodRecords[index] = old
        journal[index].records[place] = rotten
    }

    mutating func rotBlob(_ random: inout SplitMix) {
        let candidates = blobs.keys.sorted().filter { goodBlobs[$0] == nil && blobs[$0]?.bytes.isEmpty == false }
        guard !candidates.isEmpty else { return }
        let digest = random.pick(candidates)
        guard let stored = blobs[digest] else { return }
        goodBlobs[digest] = stored.bytes
        blobs[digest]?.bytes[random.index(stored.bytes.count)] ^= 1 << UInt8(random.index(8))
    }

    /// A person restores what was damaged.
    mutating func restore() {
        for (index, transaction) in goodRecords where index < journal.count { journal[index] = transaction }
        for (digest, bytes) in goodBlobs { blobs[digest]?.bytes = bytes }
        goodRecords = [:]
        goodBlobs = [:]
    }
}

extension Record {
    /// The record with a bit of what is learned changed; `nil` where there is none.
    fileprivate func rotten(_ random: inout SplitMix) -> Record? {
        switch self {
        case .accepted(var result):
            switch result.output {
            case .sample(var trajectories):
                guard !trajectories.isEmpty else { return nil }
                let index = random.index(trajectories.count)
                if trajectories[index].tokens.isEmpty { return nil }
                trajectories[index].tokens[0] ^= 1
                result.output = .sample(trajectories)
            case .score(var scores):
                guard !scores.isEmpty else { return nil }
                let index = random.index(scores.count)
                scores[index].reward = (scores[index].reward ?? 0) + 0.5
                result.output = .score(scores)
            case .train(var trained):
                trained.policy.weights = Digest.of("rot")
                result.output = .train(trained)
            case .rationale(var rationales):
                guard !rationales.isEmpty else { return nil }
                rationales[0].text += "!"
                result.output = .rationale(rationales)
            }
            return .accepted(result)
        case .sealed(var iteration):
            guard !iteration.kept.isEmpty else { return nil }
            iteration.kept[random.index(iteration.kept.count)].reward += 0.25
            return .sealed(iteration)
        case .policyCommitted(var policy):
            policy.weights = Digest.of("rot")
            return .policyCommitted(policy)
        case .trainingSetStored(let iteration, var manifest):
            manifest.digest = Digest.of("rot")
            return .trainingSetStored(iteration: iteration, manifest)
        case .finished(var outcome):
            guard !outcome.evaluations.isEmpty else { return nil }
            outcome.evaluations[0].meanReward += 0.25
            return .finished(outcome)
        case .termStarted, .nullResult, .rationalesSealed: return nil
        }
    }
}
