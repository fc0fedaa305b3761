import Checkpoints
import Configuration
import Digests
import Foundation
import RolloutCore
public import RunStore
import Tokenization

/// Checks that a run directory is what its run left: every hash, and every conclusion drawn again from what it was drawn from.
///
/// The journal is replayed through the coordinator's own value, which checks each result against its input and output
/// digests and makes every selection, policy and outcome again. All that is needed lies in the directory: the base's archive
/// and the prompts are held against the run's digest, so neither data nor base model need be there. Nothing is changed.
public struct RunVerifier {
    /// What is wrong with one class of things; nothing when it is sound.
    public struct Finding: Sendable, Equatable {
        /// What was looked at.
        public var subject: String
        /// What was found: how much there is.
        public var summary: String
        /// What no rule puts right.
        public var damage: [String] = []
        /// What `--resume` puts right.
        public var repairable: [String] = []
    }

    private let directory: RunDirectory
    private let progress: (_ subject: String, _ done: Double) -> Void

    /// - Parameter progress: told from time to time what is being checked and which share of it is done.
    public init(
        _ directory: RunDirectory, progress: @escaping (_ subject: String, _ done: Double) -> Void = { _, _ in }
    ) {
        self.directory = directory
        self.progress = progress
    }

    /// Checks everything, class by class; `found` is told of each as it is done.
    ///
    /// - Throws: one sentence when there is no run to check, or nothing of its database can be read.
    public func verify(_ found: (Finding) -> Void) throws {
        let reader = try RunReader(directory)
        let pages = try database(reader)
        found(pages)
        // What follows would only say the same in other words.
        guard pages.damage.isEmpty else { return }
        let beginning = try reader.beginning()
        let (base, archive) = baseModel(beginning.info)
        let (replayed, journal) = try replay(reader, beginning)
        found(try begun(beginning, base, replayed))
        found(journal)
        found(try trajectories(reader))
        found(archive)
        guard let replayed else { return }
        found(blobs(replayed, beginning.info))
        found(policies(replayed, base))
        if let outcome = replayed.outcome { found(best(replayed, outcome)) }
    }

    // MARK: - Database

    private func database(_ reader: RunReader) throws -> Finding {
        progress("database", 0)
        var finding = Finding(subject: "database", summary: "")
        finding.damage = try reader.pageFindings()
        if finding.damage.isEmpty { finding.damage = try reader.strayRows() }
        let size = (try? FileManager.default.attributesOfItem(atPath: directory.database))?[.size] as? Int ?? 0
        finding.summary = "\(size) bytes, pages and indices hold together, every row is in the journal"
        return finding
    }

    private func configuration(_ beginning: RunReader.Beginning) throws -> RunConfiguration {
        var reader = ConfigurationReader()
        try reader.add(yaml: beginning.info.configuration, file: "run.sqlite")
        return try reader.configuration()
    }

    /// Whether run.yaml, configuration and prompts are those of the run's digest.
    private func begun(_ beginning: RunReader.Beginning, _ base: BaseModel?, _ replayed: Coordinator?) throws -> Finding
    {
        let prompts = beginning.prompts.values.reduce(0) { $0 + $1.count }
        var finding = Finding(
            subject: "beginning",
            summary: "run \(beginning.info.digest.short), \(prompts.counted("prompt")): what its digest names")
        let configuration = try configuration(beginning)
        do {
            var reader = ConfigurationReader()
            try reader.add(file: directory.configurationFile)
            if try reader.configuration().learningDigest != configuration.learningDigest {
                finding.damage.append("run.yaml is not the configuration this run was begun with")
            }
        } catch {
            finding.damage.append("run.yaml cannot be read: \(error)")
        }
        let set = replayed?.trainingSets[0]?.digest ?? (configuration.run.mode.fineTunes ? nil : Digest.of([UInt8]()))
        // What other models decide is not in the directory.
        let isWhole =
            configuration.personalization.retriever != .dense && !beginning.writesRationales
            && configuration.reward.source != .judge(.checkpoint)
        guard let base, let set, isWhole else {
            let why = isWhole ? "not far enough to check its digest" : "its digest covers models that are not here"
            finding.summary = "run \(beginning.info.digest.short), \(prompts.counted("prompt")); \(why)"
            return finding
        }
        var identity = RunIdentity(configuration, base: base, encoder: nil)
        for split in Split.allCases {
            let rows = beginning.prompts[split] ?? []
            identity.begin(split, count: rows.count)
            for row in rows {
                identity.add(
                    task: row.task, tokens: base.tokenizer.encode(row.text, addSpecial: true), input: row.input,
                    output: row.reference)
            }
        }
        identity.add(fineTuning: set)
        if identity.digest.finish() != beginning.info.digest {
            finding.damage.append("configuration, base, prompts or references are not those of the run's digest")
        }
        return finding
    }

    // MARK: - Journal

    /// The coordinator as its journal makes it, or nil and why not.
    private func replay(_ reader: RunReader, _ beginning: RunReader.Beginning) throws -> (Coordinator?, Finding) {
        let configuration = try configuration(beginning)
        var plan = RunPlan(
            configuration, run: beginning.info.digest, base: beginning.base,
            groups: beginning.prompts.mapValues { $0.map(\.task) }, writesRationales: beginning.writesRationales)
        plan.use(configuration.engines, rationaleModel: false)
        var finding = Finding(subject: "journal", summary: "")
        var coordinator = try Coordinator(
            plan: plan, term: Term(rawValue: .max), timers: Timers(),
            base: BaseManifest(weights: plan.base, blob: BlobManifest(of: [])), softwareVersion: "",
            numericFingerprint: .zero, seed: 0)
        var (results, terms, total) = (0, 0, 0)
        do {
            try reader.records { record, index, count in
                try coordinator.recover(record)
                total = count
                switch record {
                case .accepted, .nullResult: results += 1
                case .termStarted: terms += 1
                default: break
                }
                progress("journal", Double(index + 1) / Double(max(1, count)))
            }
            finding.damage = try reader.selectionFindings()
        } catch {
            finding.damage = ["\(error)"]
            return (nil, finding)
        }
        finding.summary =
            "\(total) records replay to the same state: \(terms) terms, \(results) results, "
            + "\(coordinator.sealedIterations.count) seals, \(coordinator.policies.count) policies"
            + (coordinator.outcome == nil ? "" : ", the outcome")
        return (coordinator, finding)
    }

    private func trajectories(_ reader: RunReader) throws -> Finding {
        progress("trajectories", 0)
        let (count, findings) = try reader.trajectoryFindings()
        return Finding(subject: "trajectories", summary: "\(count) have the digests of their tokens", damage: findings)
    }

    // MARK: - Blobs

    private func baseModel(_ info: RunInfo) -> (BaseModel?, Finding) {
        progress("base", 0)
        var finding = Finding(subject: "base", summary: "\(info.baseArchive.short) is the model the run began with")
        do {
            return (try BaseModel(archive: try directory.blobs.read(info.baseArchive)), finding)
        } catch {
            finding.repairable = ["the base's archive is missing or damaged: it is packed again from model.base"]
            return (nil, finding)
        }
    }

    private func blobs(_ replayed: Coordinator, _ info: RunInfo) -> Finding {
        let blobs = directory.blobs
        var finding = Finding(subject: "blobs", summary: "")
        var wanted: [Digest: (what: String, isMadeAgain: Bool)] = [:]
        for (iteration, set) in replayed.trainingSets {
            wanted[set.digest] = ("the training set of iteration \(iteration)", true)
        }
        // A program outside would make others.
        let isMadeAgain = !replayed.plan.recordedOnly.contains(.train)
        for policy in replayed.policies {
            guard let delta = policy.delta else { continue }
            wanted[delta.digest] = ("the delta of policy \(policy.version)", isMadeAgain)
        }
        func note(_ blob: (what: String, isMadeAgain: Bool), _ state: String) {
            if blob.isMadeAgain {
                finding.repairable.append("\(blob.what) is \(state): it is made again")
            } else {
                finding.damage.append("\(blob.what) is \(state), and the program that made it would make another")
            }
        }
        let (names, foreign) = blobs.contents()
        var bytes = 0
        var unknown = foreign.count
        for (index, name) in names.enumerated() {
            progress("blobs", Double(index) / Double(max(1, names.count)))
            bytes += (try? blobs.open(name).byteCount) ?? 0
            let blob = wanted.removeValue(forKey: name)
            if blob == nil, name != info.baseArchive { unknown += 1 }
            if blobs.isSound(name) { continue }
            guard let blob else {
                // The base's archive is looked at apart; what nobody needs harms nobody.
                if name != info.baseArchive { finding.repairable.append("blob \(name.short), unused, is damaged") }
                continue
            }
            note(blob, "damaged")
        }
        for blob in wanted.values.sorted(by: { $0.what < $1.what }) { note(blob, "missing") }
        finding.summary =
            "\(names.count) with \(bytes) bytes have the content they are named by"
            + (unknown == 0 ? "" : "; \(unknown) files more are not of this run")
        return finding
    }

    /// Whether base and delta give the weights each policy is named by.
    private func policies(_ replayed: Coordinator, _ base: BaseModel?) -> Finding {
        let count = replayed.policies.count
        var finding = Finding(subject: "policies", summary: "\(count) are the base and their delta")
        guard let base else {
            finding.summary = "not checked without the base's archive"
            return finding
        }
        for policy in replayed.policies {
            progress("policies", Double(policy.version) / Double(max(1, count)))
            guard let delta = policy.delta, directory.blobs.isSound(delta.digest) else { continue }
            do {
                let made = try WeightDelta(bytes: directory.blobs.read(delta.digest)).apply(to: base.checkpoint)
                guard made.weightsDigest != policy.weights else { continue }
                finding.damage.append("the delta of policy \(policy.version) gives other weights than were recorded")
            } catch {
                finding.damage.append("the delta of policy \(policy.version) does not apply: \(error)")
            }
        }
        return finding
    }

    private func best(_ replayed: Coordinator, _ outcome: Outcome) -> Finding {
        progress("best", 0)
        let path = directory.checkpoints + "/best"
        var finding = Finding(subject: "best", summary: "\(path) holds policy \(outcome.bestPolicy)")
        let wanted = replayed.policies.first { $0.version == outcome.bestPolicy }?.weights
        if (try? Checkpoint.load(directory: path).weightsDigest) != wanted {
            finding.repairable = ["\(path) does not hold policy \(outcome.bestPolicy): it is written again"]
        }
        return finding
    }
}
