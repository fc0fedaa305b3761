import Digests
import RolloutCore

/// Random records, odd values included: everything a journal has to give back.
struct SampleRecords {
    var random: any RandomNumberGenerator

    init(seed: UInt64) { random = SplitMix(state: seed) }

    struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    mutating func number(below bound: UInt32) -> UInt32 { UInt32.random(in: 0..<bound, using: &random) }
    mutating func flip() -> Bool { Bool.random(using: &random) }
    mutating func digest() -> Digest { Digest.of("\(UInt64.random(in: 0 ... .max, using: &random))") }

    mutating func text() -> String {
        let pieces = [
            "", "plain", "naïve – ‘quotes’", "line\nbreak", "nul\0inside", "'; DROP TABLE journal; --", "日本語 🚀",
        ]
        return (0..<number(below: 3)).map { _ in pieces[Int(number(below: UInt32(pieces.count)))] }.joined(
            separator: " ")
    }

    mutating func real() -> Double {
        switch number(below: 6) {
        case 0: 0
        case 1: -0.0
        case 2: 1
        case 3: .leastNonzeroMagnitude
        case 4: -Double.infinity
        default: Double.random(in: -1e3...1e3, using: &random)
        }
    }

    mutating func manifest() -> BlobManifest {
        BlobManifest(
            digest: digest(), byteCount: UInt64.random(in: 0 ... .max, using: &random),
            chunks: (0..<number(below: 4)).map { _ in digest() })
    }

    mutating func policy(_ version: UInt32) -> PolicyManifest {
        PolicyManifest(version: version, base: digest(), weights: digest(), delta: flip() ? manifest() : nil)
    }

    mutating func trajectories(prompts: Range<UInt32>, samples: UInt32) -> [Trajectory] {
        prompts.flatMap { prompt in
            (0..<samples).map { sample in
                Trajectory(
                    id: TrajectoryID(prompt: prompt, sample: sample),
                    tokens: (0..<number(below: 5)).map { _ in Int32.random(in: .min ... .max, using: &random) },
                    stop: flip() ? .length : .stopToken, reasoning: text(), answer: flip() ? text() : nil,
                    logProbability: real())
            }
        }
    }

    mutating func accepted(_ task: TaskID, _ output: TaskOutput) -> Record {
        .accepted(
            AcceptedResult(
                attempt: Attempt(task: task, attempt: 1 + number(below: 5)), node: text(), inputDigest: digest(),
                resultDigest: output.digest, output: output,
                computeTime: Duration(
                    secondsComponent: Int64(number(below: 1000)), attosecondsComponent: Int64(number(below: 1_000_000)))
            ))
    }

    mutating func sealed(_ iteration: UInt32) -> SealedIteration {
        let kept = (0..<number(below: 4)).map {
            SealedIteration.Kept(id: TrajectoryID(prompt: $0, sample: 2), reward: real())
        }
        var counts = SelectionCounts()
        counts.sampled = number(below: 100)
        counts.kept = UInt32(kept.count)
        counts.belowThreshold = number(below: 100)
        counts.malformed = number(below: 100)
        counts.unscored = number(below: 100)
        counts.duplicate = number(below: 100)
        counts.overCap = number(below: 100)
        counts.starvedPrompts = number(below: 100)
        let thresholds = ["topic_writing", "abstract_generation", "all"].prefix(Int(number(below: 4))).map {
            SealedIteration.Threshold(group: $0, value: real())
        }
        return SealedIteration(
            iteration: iteration, root: digest(), thresholds: thresholds, kept: kept, counts: counts)
    }

    mutating func training(_ iteration: UInt32) -> [Record] {
        let trained = TrainedPolicy(
            policy: policy(iteration), steps: number(below: 100), examples: number(below: 100),
            tokens: UInt64.random(in: 0 ... .max, using: &random), firstLoss: real(), lastLoss: real(), density: real(),
            fullByteCount: UInt64.random(in: 0 ... .max, using: &random))
        return [
            .trainingSetStored(iteration: iteration, manifest()), accepted(.train(iteration), .train(trained)),
            .policyCommitted(trained.policy),
        ]
    }

    mutating func rationales() -> [Record] {
        var counts = RationaleCounts()
        (counts.written, counts.profile, counts.none) = (number(below: 9), number(below: 9), number(below: 9))
        (counts.failed, counts.leaks, counts.unusable) = (number(below: 9), number(below: 9), number(below: 9))
        let tasks = (UInt32(0)..<2).map { index in
            accepted(
                TaskID(iteration: 0, split: .train, kind: .rationale, index: index),
                .rationale(
                    (index * 2..<index * 2 + 2).map {
                        Rationale(
                            prompt: $0, text: text(),
                            origin: Rationale.Origin.allCases[Int(number(below: 3))], leaks: number(below: 3),
                            unusable: number(below: 3))
                    }))
        }
        return tasks + [.rationalesSealed(SealedRationales(root: digest(), counts: counts))]
    }

    /// A run's journal: odd in its values, right in its order.
    mutating func journal() -> [Record] {
        var records: [Record] = [.termStarted(Term(rawValue: 1))]
        if flip() { records += rationales() }
        records += training(0)
        for iteration in UInt32(1)...2 {
            for split in Split.allCases {
                for index in UInt32(0)..<3 {
                    let task = TaskID(iteration: iteration, split: split, kind: .sample, index: index)
                    if number(below: 5) == 0 {
                        records.append(.nullResult(task, explanation: text()))
                        continue
                    }
                    let drawn = trajectories(prompts: index * 2..<index * 2 + 2, samples: 3)
                    records.append(accepted(task, .sample(drawn)))
                    let scores = drawn.filter { $0.answer != nil }.map {
                        Score(id: $0.id, reward: flip() ? real() : nil)
                    }
                    records.append(accepted(task.sibling(.score), .score(scores)))
                }
            }
            if flip() { records.append(.termStarted(Term(rawValue: UInt64(iteration) + 1))) }
            records.append(.sealed(sealed(iteration)))
            records += training(iteration)
        }
        let evaluations = Split.allCases.map {
            Evaluation(
                policy: 1, split: $0, decoding: number(below: 3), meanReward: real(), count: 7, malformed: 2,
                unscored: 1)
        }
        return records + [.finished(Outcome(bestPolicy: 1, evaluations: evaluations))]
    }
}
