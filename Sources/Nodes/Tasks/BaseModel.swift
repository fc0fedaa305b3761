public import Checkpoints
public import Digests
import RolloutCore
import Synchronization
public import Tokenization
import Transformer

/// The base checkpoint with its tokenizer, and the policies made from it that were used last.
///
/// Every policy is `base + delta`, so any version is one step away, whatever the node held before.
public final class BaseModel: Sendable {
    /// The weights every delta is against.
    public let checkpoint: Checkpoint
    /// The base's tokenizer.
    public let tokenizer: Tokenizer
    /// Digest of the base's weights.
    public let weightsDigest: Digest
    private let packed = Mutex<[(weights: Digest, policy: PolicyWeights)]>([])

    /// Packed policies kept: the one in use, and the one before for tasks that are still running.
    private static let keptPolicies = 2

    /// Takes a checkpoint that carries its `tokenizer.json`.
    ///
    /// - Throws: `CheckpointError` when there is no tokenizer or its vocabulary is larger than the model's.
    public init(checkpoint: Checkpoint, name: String) throws {
        guard let json = checkpoint.companion("tokenizer.json") else {
            throw CheckpointError(
                "\(name): there is no tokenizer.json beside the weights; copy the model's tokenizer there")
        }
        let tokenizer = try Tokenizer(json: json, file: "\(name)/tokenizer.json")
        guard tokenizer.vocabularySize <= checkpoint.config.vocabularySize else {
            throw CheckpointError(
                """
                \(name): the tokenizer has \(tokenizer.vocabularySize) tokens but the model only \
                \(checkpoint.config.vocabularySize); they do not belong together
                """)
        }
        self.checkpoint = checkpoint
        self.tokenizer = tokenizer
        weightsDigest = checkpoint.weightsDigest
    }

    /// Loads a Hugging Face directory.
    public convenience init(directory: String) throws {
        try self.init(checkpoint: try Checkpoint.load(directory: directory), name: directory)
    }

    /// Takes the base as the coordinator sends it.
    convenience init(archive: [UInt8]) throws {
        let name = "the coordinator's base model"
        try self.init(checkpoint: try CheckpointArchive.checkpoint(in: archive, name: name), name: name)
    }

    /// Tokens that end a text; empty when neither config.json nor the tokenizer names one.
    public var stopTokens: [Int32] { checkpoint.config.eosTokenIDs }

    /// The checkpoint of a policy.
    ///
    /// - Throws: `TaskError`: the delta is missing or is not one of this base. That is no fault of the prompts, whose task has
    ///   no outcome then: it stops the run for a person.
    func checkpoint(of policy: PolicyManifest, blobs: BlobCache) throws(TaskError) -> Checkpoint {
        guard let delta = try delta(of: policy, blobs: blobs) else { return checkpoint }
        let result: Checkpoint
        do {
            result = try WeightDelta(bytes: delta).apply(to: checkpoint)
        } catch {
            throw .system("the delta of policy \(policy.version) does not apply: \(error)")
        }
        guard result.weightsDigest == policy.weights else {
            throw .system("policy \(policy.version) has other weights than its manifest says")
        }
        return result
    }

    /// What a policy adds to the base, as a LoRA adapter.
    ///
    /// - Throws: `TaskError`: the delta is missing, is not one of this base, or is no low-rank change of it.
    func adapter(of policy: PolicyManifest, blobs: BlobCache) throws(TaskError) -> LowRankAdapter {
        let delta = try delta(of: policy, blobs: blobs)
        do {
            guard let delta else { return try LowRankAdapter(nothingOver: checkpoint) }
            return try WeightDelta(bytes: delta).adapter(over: checkpoint)
        } catch {
            throw .system("policy \(policy.version) is no LoRA adapter over the base: \(error)")
        }
    }

    /// The bytes that make a policy of the base; nil where it is the base.
    private func delta(of policy: PolicyManifest, blobs: BlobCache) throws(TaskError) -> [UInt8]? {
        guard policy.base == weightsDigest else {
            throw .system(
                "policy \(policy.version) is against base \(policy.base.short), this node has \(weightsDigest.short)")
        }
        guard let delta = policy.delta else { return nil }
        guard let bytes = blobs[delta.digest] else {
            throw .system("the delta of policy \(policy.version) is not here any more")
        }
        return bytes
    }

    /// The packed weights of the base itself.
    func ownWeights() throws(TaskError) -> PolicyWeights {
        let itself = PolicyManifest(version: 0, base: weightsDigest, weights: weightsDigest, delta: nil)
        return try weights(of: itself, blobs: BlobCache())
    }

    /// The packed weights of a policy, ready for sampling and shared by all slots.
    func weights(of policy: PolicyManifest, blobs: BlobCache) throws(TaskError) -> PolicyWeights {
        do {
            // Packing happens under the lock: slots that need the same policy wait for it instead of packing it again.
            return try packed.withLock { kept in
                if let found = kept.first(where: { $0.weights == policy.weights }) { return found.policy }
                let weights = try PolicyWeights(checkpoint: checkpoint(of: policy, blobs: blobs))
                kept.append((policy.weights, weights))
                if kept.count > Self.keptPolicies { kept.removeFirst() }
                return weights
            }
        } catch let error as TaskError {
            throw error
        } catch {
            throw .deterministic("policy \(policy.version) cannot be loaded: \(error)")
        }
    }
}
