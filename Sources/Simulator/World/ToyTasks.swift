import Digests
import RolloutCore

/// Tasks that cost nothing and show everything a real run shows: duplicates, malformed answers, missing rewards, inputs that
/// fail the same way everywhere. They are pure functions of what reaches the node: a sampler's output depends on the bytes
/// of the delta it pulled, the learner's on the bytes of the training set, so that damage that got through would be learned.
/// Only what a program outside answers is its whim as well.
enum ToyTasks {
    static let baseWeights = Digest.of("toy base")
    static let baseArchive: [UInt8] = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    enum Answer: Equatable {
        case output(TaskOutput)
        case deterministic(String)
        case system(String)
    }

    /// What a task is computed from besides its lease.
    struct Materials {
        /// Blobs the node holds.
        var blobs: [Digest: [UInt8]]
        /// How blobs are cut.
        var chunkByteCount: Int
        /// Whether some inputs fail the same way everywhere.
        var hasBadInputs = true
        /// Normally 0: something that must not enter a result.
        var impurity: UInt64 = 0
        /// 0 where a task is a pure function; otherwise another number each time it is asked.
        var whim: UInt64 = 0
    }

    /// The output, and the delta a training made.
    static func run(_ lease: Lease, _ materials: Materials) -> (answer: Answer, delta: [UInt8]?) {
        switch lease.work {
        case .sample(let work):
            guard let weights = weights(of: work.policy, materials.blobs) else {
                return (.system("the delta does not give the policy"), nil)
            }
            var chance = SplitMix(seed: key("\(weights)\(lease.attempt.task)"))
            if materials.hasBadInputs, chance.next() % 12 == 0 {
                return (.deterministic("prompt \(work.prompts.first?.index ?? 0) does not fit"), nil)
            }
            return (.output(.sample(sample(work, weights, materials.impurity &+ materials.whim))), nil)
        case .score(let work):
            let scores = work.items.map { Score(id: $0.id, reward: reward($0.answer, materials.whim)) }
            return (.output(.score(scores)), nil)
        case .rationale(let work):
            if materials.hasBadInputs, work.items.first?.prompt == 2 {
                return (.deterministic("prompt 2 is too long"), nil)
            }
            return (.output(.rationale(work.items.map { rationale($0, materials.whim) })), nil)
        case .train(let work):
            guard let start = weights(of: work.start, materials.blobs),
                let set = materials.blobs[work.trainingSet.digest]
            else { return (.system("the training set is not there"), nil) }
            let (trained, delta) = train(work, start, set, materials)
            return (.output(.train(trained)), delta)
        }
    }

    /// Applies a policy's delta; `nil` when the bytes held do not give the weights it is named by.
    private static func weights(of policy: PolicyManifest, _ blobs: [Digest: [UInt8]]) -> Digest? {
        guard let delta = policy.delta else { return policy.weights == baseWeights ? baseWeights : nil }
        guard let bytes = blobs[delta.digest] else { return nil }
        let applied = applying(bytes)
        return applied == policy.weights ? applied : nil
    }

    private static func applying(_ delta: [UInt8]) -> Digest {
        var digest = DigestBuilder("toy.weights")
        digest.add(baseWeights)
        digest.add(delta)
        return digest.finish()
    }

    private static func sample(_ work: SampleWork, _ weights: Digest, _ impurity: UInt64) -> [Trajectory] {
        let policy = key("\(weights)") ^ work.seed
        return work.prompts.flatMap { prompt in
            (0..<work.samplesPerPrompt).map { sample in
                var random = SplitMix(
                    seed: policy &+ impurity, stream: UInt64(prompt.index) << 32 | UInt64(sample) << 1 | 1)
                let tokens = (0..<2).map { _ in Int32(random.next() % 3) }
                return Trajectory(
                    id: TrajectoryID(prompt: prompt.index, sample: work.firstSample + sample), tokens: tokens,
                    stop: .stopToken,
                    reasoning: "because", answer: tokens == [0, 0] ? nil : "\(policy) \(prompt.index) \(tokens)",
                    logProbability: -1.5)
            }
        }
    }

    private static func rationale(_ item: RationaleWork.Item, _ whim: UInt64) -> Rationale {
        let origin: Rationale.Origin = item.prompt.isMultiple(of: 3) ? .profile : .written
        return Rationale(prompt: item.prompt, text: "- \(item.prompt) \(whim)", origin: origin, leaks: item.prompt % 2)
    }

    private static func reward(_ answer: String, _ whim: UInt64) -> Double? {
        var random = SplitMix(seed: key(answer) &+ whim)
        return random.next() % 10 == 0 ? nil : Double(random.next() % 1000) / 1000
    }

    private static func train(
        _ work: TrainWork, _ start: Digest, _ set: [UInt8], _ materials: Materials
    ) -> (TrainedPolicy, [UInt8]) {
        var digest = DigestBuilder("toy.training")
        digest.add(start)
        digest.add(set)
        digest.add(work.seed)
        var stream = SplitMix(seed: key("\(digest.finish())") &+ materials.whim)
        let delta = (0..<200 + Int(stream.next() % 400)).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
        let policy = PolicyManifest(
            version: work.iteration, base: baseWeights, weights: applying(delta),
            delta: BlobManifest(of: delta, chunkByteCount: materials.chunkByteCount))
        let trained = TrainedPolicy(
            policy: policy, steps: 4, examples: 8, tokens: 99, firstLoss: 2, lastLoss: 1, density: 0.5,
            fullByteCount: 1000)
        return (trained, delta)
    }

    /// FNV-1a.
    static func key(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
