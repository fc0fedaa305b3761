import Digests
import RolloutCore
import RunStore

/// Puts right, by rule, what a restarted coordinator finds missing or damaged in its run directory.
///
/// The journal is the run: what contradicts itself there is refused before this is asked. Blobs are only answers that can be
/// had again: a training set is written anew from the journal; the M-step behind a lost delta runs again (`Coordinator.lost`)
/// and must give the recorded result; the base's archive is packed anew at every start, the best policy's checkpoint when it
/// is not what it should be. What a program outside made can be had only as it was recorded: without its delta the run
/// stops.
struct Repairs {
    let directory: RunDirectory
    let workbook: Workbook

    /// Checks every blob the journal names; what was wrong and what becomes of it, a line each.
    ///
    /// - Throws: `RunStoreError` when the disk does not take what is written anew, or the journal contradicts a blob's name.
    func make(_ coordinator: inout Coordinator) throws -> [String] {
        var lines: [String] = []
        let blobs = directory.blobs
        for (iteration, manifest) in coordinator.trainingSets.sorted(by: { $0.key < $1.key })
        where !blobs.isSound(manifest.digest) {
            guard let bytes = try workbook.trainingSet(iteration, in: coordinator),
                BlobManifest(of: bytes) == manifest
            else {
                throw RunStoreError.damaged(
                    """
                    blob \(manifest.digest), the training set of iteration \(iteration), is not in \(directory.path) and the \
                    journal gives another one: put back a copy of the run directory
                    """)
            }
            try blobs.put(bytes)
            lines.append(
                "the training set of iteration \(iteration) was missing or damaged: written again from the journal")
        }
        for policy in coordinator.policies {
            guard let delta = policy.delta, !blobs.isSound(delta.digest) else { continue }
            if coordinator.plan.recordedOnly.contains(.train) {
                throw RunStoreError.damaged(
                    """
                    blob \(delta.digest), the weights of policy \(policy.version), is missing or damaged in \(directory.path), \
                    and the learner's program would make others: put back a copy of the run directory
                    """)
            }
            coordinator.lost(policy: policy.version)
            lines.append(
                "the weights of policy \(policy.version) are missing or damaged: their training runs again, to the same end"
            )
        }
        return lines
    }
}
