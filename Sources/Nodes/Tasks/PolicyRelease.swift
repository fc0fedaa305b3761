import Checkpoints
import RolloutCore

/// Turns new weights into what a learner hands in: their delta against the base, and its description.
enum PolicyRelease {
    /// - Parameters:
    ///   - adapter: what the weights were made of the base by, where that is known.
    ///   - tokens: as `TrainedPolicy` counts them.
    ///   - losses: of the first and of the last step.
    static func make(
        of new: Checkpoint, adapter: LowRankAdapter? = nil, _ work: TrainWork, _ base: BaseModel, steps: Int,
        examples: Int, tokens: Int, losses: (first: Double, last: Double)
    ) throws(TaskError) -> (trained: TrainedPolicy, delta: [UInt8]) {
        let delta: WeightDelta
        do {
            delta = try WeightDelta.encode(base: base.checkpoint, new: new, adapter: adapter)
        } catch {
            throw .deterministic("the weight delta cannot be written: \(error)")
        }
        let trained = TrainedPolicy(
            policy: PolicyManifest(
                version: work.iteration, base: base.weightsDigest, weights: delta.result,
                delta: BlobManifest(of: delta.bytes)),
            steps: UInt32(clamping: steps), examples: UInt32(clamping: examples), tokens: UInt64(clamping: tokens),
            firstLoss: losses.first, lastLoss: losses.last, density: delta.density,
            fullByteCount: UInt64(new.byteCount))
        return (trained, delta.bytes)
    }
}
