import Digests
import Failpoints
import Files
import Foundation
import Transformer

/// Where a learner keeps trainings it has not finished.
///
/// One file a training, named by the digest of its input, so that a state can never meet another training set, recipe or
/// start. On the learner's own disk and not with the coordinator: it is twelve bytes a weight and rewritten all the time,
/// which a disk takes in seconds and the wire to a coordinator that serves everybody does not; and losing it costs one M-step.
/// Whoever wants any machine to be able to go on gives all learners one shared directory.
struct TrainingCheckpoints: Sendable {
    let directory: String
    let interval: Duration

    /// Files nobody came back for are removed after this many seconds.
    private static let lifetime = 7 * 86400.0
    private static let suffix = ".training.safetensors"

    private func path(_ input: Digest) -> String { "\(directory)/\(input)\(Self.suffix)" }

    /// What was saved of a training; nil when nothing was.
    ///
    /// - Throws: one sentence when the file is damaged.
    func load(_ input: Digest) throws -> TrainingState? {
        guard FileManager.default.fileExists(atPath: path(input)) else { return nil }
        return try TrainingState(file: path(input), key: input)
    }

    /// Saves a training durably, in place of what was saved of it before.
    ///
    /// - Throws: one sentence when the disk does not take it; what was saved before still stands.
    func save(_ state: TrainingState, of input: Digest) throws {
        try Directories.create(directory)
        try state.write(to: path(input), key: input)
        Failpoint.trainingSaved.reached()
    }

    func remove(_ input: Digest) { try? FileManager.default.removeItem(atPath: path(input)) }

    /// Removes what killed learners left and nobody will go on with.
    func removeAbandoned(now: Date = .now) {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: directory)) ?? [] {
            guard name.hasSuffix(Self.suffix) || (name.contains(Self.suffix) && name.hasSuffix(".partial")) else {
                continue
            }
            let path = "\(directory)/\(name)"
            let changed = (try? manager.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if let changed, now.timeIntervalSince(changed) > Self.lifetime { try? manager.removeItem(atPath: path) }
        }
    }
}
