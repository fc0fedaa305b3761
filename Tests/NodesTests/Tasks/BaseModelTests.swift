import Checkpoints
import Digests
import RolloutCore
import Testing
import Tokenization
import Transformer

@testable import Nodes

@Suite struct BaseModelTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    @Test func aBaseNeedsATokenizer() throws {
        let base = run.base.checkpoint
        let bare = try Checkpoint(config: base.config, tensors: base.tensors)
        let error = #expect(throws: CheckpointError.self) { try BaseModel(checkpoint: bare, name: "bare") }
        #expect("\(try #require(error))".contains("bare: there is no tokenizer.json"))
    }

    @Test func aTokenizerLargerThanTheModelIsRefused() throws {
        let size = run.base.tokenizer.vocabularySize
        let small = try TinyRun.checkpoint(run.base.tokenizer, context: 64, vocabulary: size - 1)
        let error = #expect(throws: CheckpointError.self) { try BaseModel(checkpoint: small, name: "small") }
        #expect("\(try #require(error))".contains("\(size) tokens but the model only \(size - 1)"))
        // Padded vocabularies are common.
        #expect(throws: Never.self) {
            try BaseModel(
                checkpoint: TinyRun.checkpoint(run.base.tokenizer, context: 64, vocabulary: size + 16), name: "padded")
        }
    }

    @Test func theArchiveIsTheBase() throws {
        let copy = try BaseModel(archive: CheckpointArchive.pack(run.base.checkpoint))
        #expect(copy.weightsDigest == run.base.weightsDigest)
        #expect(copy.tokenizer.json == run.base.tokenizer.json)
        #expect(copy.stopTokens == [0])
    }

    // MARK: - Policies

    private func changed() throws -> (Checkpoint, WeightDelta) {
        let base = run.base.checkpoint
        let trainer = try Trainer(checkpoint: base, recipe: TrainingRecipe(learningRate: 0.01, duration: .steps(1)))
        _ = try trainer.run([TrainingExample(prompt: [1], completion: [2, 3])])
        let new = try trainer.checkpoint()
        return (new, try WeightDelta.encode(base: base, new: new))
    }

    @Test func aPolicyIsBaseAndDelta() throws {
        let (new, delta) = try changed()
        let blobs = BlobCache()
        let manifest = BlobManifest(of: delta.bytes)
        let policy = PolicyManifest(
            version: 1, base: run.base.weightsDigest, weights: delta.result, delta: manifest)
        #expect(throws: TaskError.system("the delta of policy 1 is not here any more")) {
            try run.base.checkpoint(of: policy, blobs: blobs)
        }
        blobs.insert(delta.bytes, as: manifest.digest)
        #expect(try run.base.checkpoint(of: policy, blobs: blobs).weightsDigest == new.weightsDigest)
        let bare = PolicyManifest(
            version: 0, base: run.base.weightsDigest, weights: run.base.weightsDigest, delta: nil)
        #expect(try run.base.checkpoint(of: bare, blobs: blobs).weightsDigest == run.base.weightsDigest)
    }

    @Test func whatDoesNotBelongToTheBaseIsRefused() throws {
        let (_, delta) = try changed()
        let blobs = BlobCache()
        let manifest = BlobManifest(of: delta.bytes)
        blobs.insert(delta.bytes, as: manifest.digest)
        let foreign = PolicyManifest(version: 1, base: .zero, weights: delta.result, delta: manifest)
        let lying = PolicyManifest(version: 1, base: run.base.weightsDigest, weights: .zero, delta: manifest)
        let damaged = BlobManifest(of: Array(delta.bytes.dropLast()))
        blobs.insert(Array(delta.bytes.dropLast()), as: damaged.digest)
        let truncated = PolicyManifest(
            version: 1, base: run.base.weightsDigest, weights: delta.result, delta: damaged)
        for (policy, words) in [(foreign, "is against base"), (lying, "other weights"), (truncated, "does not apply")] {
            let error = #expect(throws: TaskError.self) { try run.base.checkpoint(of: policy, blobs: blobs) }
            #expect(error?.failureClass == .system)
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test func packedWeightsAreSharedWhileThePolicyIsInUse() throws {
        let bare = PolicyManifest(
            version: 0, base: run.base.weightsDigest, weights: run.base.weightsDigest, delta: nil)
        let first = try run.base.weights(of: bare, blobs: BlobCache())
        #expect(try run.base.weights(of: bare, blobs: BlobCache()) === first)
    }
}
