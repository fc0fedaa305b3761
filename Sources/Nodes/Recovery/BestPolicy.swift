import Checkpoints
import Foundation
import RolloutCore
import RunStore

/// The best policy as a Hugging Face directory that any other tool loads.
struct BestPolicy {
    let directory: RunDirectory
    let base: BaseModel

    var path: String { directory.checkpoints + "/best" }

    /// Writes the directory, or leaves it when it holds this policy already.
    ///
    /// - Throws: what the disk reports, or `RunStoreError` when the policy's delta is not there.
    func save(_ policy: PolicyManifest) throws {
        let manager = FileManager.default
        // What a killed process left half-written.
        for name in (try? manager.contentsOfDirectory(atPath: directory.checkpoints)) ?? [] {
            if name.hasSuffix(".partial") { try manager.removeItem(atPath: "\(directory.checkpoints)/\(name)") }
        }
        if manager.fileExists(atPath: path) {
            if (try? Checkpoint.load(directory: path).weightsDigest) == policy.weights { return }
            try manager.removeItem(atPath: path)
        }
        guard let delta = policy.delta else { return try base.checkpoint.save(directory: path) }
        try WeightDelta(bytes: directory.blobs.read(delta.digest)).apply(to: base.checkpoint).save(directory: path)
    }
}
