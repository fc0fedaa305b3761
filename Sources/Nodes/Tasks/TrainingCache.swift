import Checkpoints
import Digests
import Files
import Foundation
import JSONLines
import RolloutCore

/// Trainings kept in a directory, by what they are a function of: start, training set, recipe, seed, and the arithmetic.
///
/// Runs of one comparison often begin alike: `sft-reasoning` and `rest-pg` fine-tune the same policy 0. A training is a pure
/// function of its input, so a learner that finds an equal one here hands in its result, and no run can tell.
struct TrainingCache: Sendable {
    private let directory: String
    private let arithmetic: Digest

    /// - Parameter arithmetic: What else decides the bits: the build and its kernels.
    init(directory: String, arithmetic: Digest) {
        self.directory = directory
        self.arithmetic = arithmetic
    }

    private func path(_ work: TrainWork) -> String {
        var digest = DigestBuilder("reprise.training.v1")
        digest.add(arithmetic)
        digest.add(work.start.base)
        digest.add(work.start.weights)
        digest.add(work.trainingSet.digest)
        digest.add(work.recipe)
        digest.add(work.seed)
        return "\(directory)/\(digest.finish())"
    }

    /// The result of an equal training, the bytes of its delta and the time it took; nil when there is none, or the disk
    /// damaged it.
    func result(of work: TrainWork) -> (trained: TrainedPolicy, delta: [UInt8], time: Duration)? {
        let path = path(work)
        guard let json = try? FileReader.contents(of: path + ".json", limit: 1 << 16),
            let fields = try? JSON.parse(json), let delta = try? FileReader.contents(of: path + ".delta", limit: .max),
            let weights = fields["weights"]?.string.flatMap({ Digest($0) }), let steps = count(fields["steps"]),
            let examples = count(fields["examples"]),
            let tokens = fields["tokens"]?.integer.flatMap(UInt64.init(exactly:)),
            let firstLoss = fields["firstLoss"]?.double, let lastLoss = fields["lastLoss"]?.double,
            let density = fields["density"]?.double,
            let full = fields["fullBytes"]?.integer.flatMap(UInt64.init(exactly:)),
            let seconds = fields["seconds"]?.double, (0...1e9).contains(seconds),
            let change = try? WeightDelta(bytes: delta), change.base == work.start.base, change.result == weights
        else { return nil }
        let policy = PolicyManifest(
            version: work.iteration, base: work.start.base, weights: weights, delta: BlobManifest(of: delta))
        let trained = TrainedPolicy(
            policy: policy, steps: steps, examples: examples, tokens: tokens, firstLoss: firstLoss,
            lastLoss: lastLoss, density: density, fullByteCount: full)
        guard fields["digest"]?.string == Self.digest(of: trained, Digest.of(delta), seconds).description else {
            return nil
        }
        return (trained, delta, .seconds(seconds))
    }

    /// Of all that is kept: no part of it can be damaged, and the version is not kept.
    private static func digest(of trained: TrainedPolicy, _ delta: Digest, _ seconds: Double) -> Digest {
        var digest = DigestBuilder("reprise.training.kept.v1")
        digest.add(trained.policy.weights)
        digest.add(delta)
        for count in [UInt64(trained.steps), UInt64(trained.examples), trained.tokens, trained.fullByteCount] {
            digest.add(count)
        }
        for number in [trained.firstLoss, trained.lastLoss, trained.density, seconds] { digest.add(number) }
        return digest.finish()
    }

    private func count(_ value: JSON?) -> UInt32? { value?.integer.flatMap(UInt32.init(exactly:)) }

    /// Keeps a result. A disk that does not take it costs the next run time and nothing else.
    func keep(_ trained: TrainedPolicy, delta: [UInt8], time: Duration, of work: TrainWork) {
        guard trained.firstLoss.isFinite, trained.lastLoss.isFinite, trained.density.isFinite else { return }
        let seconds = time / .seconds(1)
        let fields = JSON.object([
            "weights": .string("\(trained.policy.weights)"), "steps": .integer(Int64(trained.steps)),
            "examples": .integer(Int64(trained.examples)), "tokens": .integer(Int64(clamping: trained.tokens)),
            "firstLoss": .number(trained.firstLoss), "lastLoss": .number(trained.lastLoss),
            "density": .number(trained.density), "fullBytes": .integer(Int64(clamping: trained.fullByteCount)),
            "seconds": .number(seconds),
            "digest": .string("\(Self.digest(of: trained, Digest.of(delta), seconds))"),
        ])
        let path = path(work)
        do {
            try Directories.create(directory)
            try FileReplacement.write(delta, to: path + ".delta")
            // Last, for it vouches for the delta.
            try FileReplacement.write(Array(fields.serialized().utf8), to: path + ".json")
        } catch {
            return
        }
    }
}
