import Digests
import RolloutCore

/// Seeded messages of every kind, with empty, tiny, ordinary and odd contents.
struct RandomMessages {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func u32() -> UInt32 { below(3) == 0 ? UInt32(below(3)) : UInt32(truncatingIfNeeded: next()) }
    mutating func u64() -> UInt64 { below(3) == 0 ? UInt64(below(3)) : next() }
    mutating func flag() -> Bool { below(2) == 0 }
    mutating func digest() -> Digest { below(8) == 0 ? .zero : Digest.of(String(next())) }
    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
    mutating func duration() -> Duration { .nanoseconds(Int64(below(1 << 50))) }
    mutating func double() -> Double {
        pick([0, -0.0, 1, -1.5, 0.1, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude, Double(next()) / 3])
    }
    mutating func float() -> Float { pick([0, -0.0, 1, 0.7, .leastNonzeroMagnitude, .greatestFiniteMagnitude]) }
    mutating func tokens() -> [Int32] {
        let long = pick([0, 1, 5, 300])
        return (0..<long).map { _ in pick([0, 1, 127, 128, 50_000, Int32.max, Int32(below(60_000))]) }
    }
    mutating func text() -> String {
        (0..<pick([0, 1, 7, 200])).map { _ in
            pick(["a", "Ω", "語", "👩‍👩‍👧", "e\u{301}", "\u{0}", "\n", "<answer>", "\u{10FFFF}", "\u{FEFF}"])
        }.joined()
    }
    mutating func name() -> String { pick(["", "node-1", "rechnerübung", String(repeating: "x", count: 1024)]) }
    mutating func sentence() -> String {
        pick(["", "Out of memory.", "größer als 4 GiB", String(repeating: "ü", count: 2048)])
    }
    mutating func list<T>(_ make: (inout Self) -> T) -> [T] { (0..<pick([0, 1, 3, 20])).map { _ in make(&self) } }

    mutating func task(_ kind: TaskKind? = nil) -> TaskID {
        TaskID(iteration: u32(), split: pick(Split.allCases), kind: kind ?? pick(TaskKind.allCases), index: u32())
    }
    mutating func attempt(_ kind: TaskKind? = nil) -> Attempt { Attempt(task: task(kind), attempt: u32()) }
    mutating func trajectoryID() -> TrajectoryID { TrajectoryID(prompt: u32(), sample: u32()) }
    mutating func blob() -> BlobManifest {
        let size = pick([0, 1, 262_143, 262_144, 262_145, below(5_000_000)])
        let chunks = (size + BlobManifest.chunkByteCount - 1) / BlobManifest.chunkByteCount
        return BlobManifest(digest: digest(), byteCount: UInt64(size), chunks: (0..<chunks).map { _ in digest() })
    }
    mutating func policy() -> PolicyManifest {
        PolicyManifest(version: u32(), base: digest(), weights: digest(), delta: flag() ? blob() : nil)
    }

    mutating func work(_ kind: TaskKind) -> TaskWork {
        switch kind {
        case .sample:
            .sample(
                SampleWork(
                    policy: policy(), prompts: list { .init(index: $0.u32(), tokens: $0.tokens()) },
                    samplesPerPrompt: UInt32(below(100)), firstSample: UInt32(below(100)),
                    decoding: Decoding(
                        temperature: float(), topP: float(), topK: u32(), maxNewTokens: UInt32(below(1 << 20)),
                        stopTokens: (0..<below(4)).map { _ in Int32(below(9)) }),
                    seed: u64(), answerMarker: text()))
        case .score:
            .score(
                ScoreWork(
                    items: list {
                        .init(
                            id: $0.trajectoryID(), input: $0.text(), reference: $0.text(), answer: $0.text(),
                            reasoning: $0.text(), isFinished: $0.flag())
                    }, reward: name()))
        case .train:
            .train(
                TrainWork(iteration: u32(), start: policy(), trainingSet: blob(), recipe: text(), seed: u64()))
        case .rationale:
            .rationale(
                RationaleWork(
                    items: list {
                        .init(
                            prompt: $0.u32(), instruction: $0.text(), reference: $0.text(), known: $0.text(),
                            fallback: $0.flag() ? $0.text() : nil)
                    }, writer: text(), checkpoint: flag() ? blob() : nil, seed: u64()))
        }
    }

    mutating func output(_ kind: TaskKind) -> TaskOutput {
        switch kind {
        case .sample:
            .sample(
                list {
                    Trajectory(
                        id: $0.trajectoryID(), tokens: $0.tokens(), stop: $0.pick(Trajectory.Stop.allCases),
                        reasoning: $0.text(), answer: $0.flag() ? $0.text() : nil,
                        logProbability: $0.flag() ? $0.double() : nil)
                })
        case .score: .score(list { Score(id: $0.trajectoryID(), reward: $0.flag() ? $0.double() : nil) })
        case .train:
            .train(
                TrainedPolicy(
                    policy: policy(), steps: u32(), examples: u32(), tokens: u64(), firstLoss: double(),
                    lastLoss: double(), density: double(), fullByteCount: u64()))
        case .rationale:
            .rationale(
                list {
                    Rationale(
                        prompt: $0.u32(), text: $0.text(), origin: $0.pick(Rationale.Origin.allCases), leaks: $0.u32(),
                        unusable: $0.u32())
                })
        }
    }

    mutating func chunkRequest() -> ChunkRequest {
        ChunkRequest(blob: digest(), first: UInt32(below(1000)), count: UInt32(below(64)))
    }
    mutating func chunk() -> Chunk {
        let size = pick([0, 1, 1000, 1000, 1000, 262_144])
        return Chunk(blob: digest(), index: u32(), bytes: Array(repeating: UInt8(below(256)), count: size))
    }
    mutating func envelope<M>(_ message: M) -> Envelope<M> {
        Envelope(
            run: digest(), term: Term(rawValue: u64()), incarnation: Incarnation(rawValue: u64()), sequence: u64(),
            message: message)
    }

    /// Number of kinds of node messages.
    static let nodeKinds = 10
    mutating func nodeMessage(_ kind: Int) -> Envelope<NodeMessage> {
        let taskKind = pick(TaskKind.allCases)
        let message: NodeMessage =
            switch kind {
            case 0:
                .hello(
                    Hello(
                        role: pick(Role.allCases), node: name(), softwareVersion: name(),
                        numericFingerprint: digest(), slots: UInt32(below(64)), credit: UInt32(below(128)),
                        reward: name(), engine: flag() ? name() : ""))
            case 1: .heartbeat(Heartbeat(held: list { $0.attempt() }, credit: UInt32(below(64))))
            case 2:
                .result(
                    TaskResult(
                        attempt: attempt(taskKind), inputDigest: digest(), resultDigest: digest(),
                        output: output(taskKind), computeTime: duration()))
            case 3:
                .failure(
                    TaskFailure(
                        attempt: attempt(), inputDigest: digest(), failureClass: pick(TaskFailure.Class.allCases),
                        explanation: sentence()))
            case 4:
                .progress(
                    TrainProgress(
                        attempt: attempt(), step: u32(), steps: u32(), loss: Double(below(1000)) / 7,
                        tokensPerSecond: Double(below(1000))))
            case 5: .release(list { $0.attempt() })
            case 6: .chunkRequest(chunkRequest())
            case 7: .chunk(chunk())
            case 8:
                .pageRequest(
                    PageRequest(
                        number: UInt64(u32()), path: name(),
                        query: list { PageRequest.Item(name: $0.name(), value: $0.name()) }))
            default: .goodbye
            }
        return envelope(message)
    }

    /// Number of kinds of coordinator messages.
    static let coordinatorKinds = 12
    mutating func coordinatorMessage(_ kind: Int) -> Envelope<CoordinatorMessage> {
        let taskKind = pick(TaskKind.allCases)
        let message: CoordinatorMessage
        switch kind {
        case 0:
            var timers = Timers()
            timers.heartbeat = duration()
            timers.resendMaximum = duration()
            message = .welcome(Welcome(timers: timers, base: BaseManifest(weights: digest(), blob: blob())))
        case 1: message = .reject(Rejection(reason: pick(Rejection.Reason.allCases), explanation: sentence()))
        case 2:
            message = .lease(
                Lease(
                    attempt: attempt(taskKind), timeToLive: duration(), inputDigest: digest(), work: work(taskKind),
                    settles: flag()))
        case 3: message = .heartbeatAck
        case 4: message = .resultAck(ResultAck(task: task(), resultDigest: digest()))
        case 5: message = .cancel(list { $0.attempt() })
        case 6: message = .fenced(sentence())
        case 7: message = .policy(policy())
        case 8: message = .chunkRequest(chunkRequest())
        case 9: message = .chunk(chunk())
        case 10:
            message = .page(
                Page(number: UInt64(u32()), status: UInt32(100 + below(500)), type: name(), body: sentence()))
        default: message = .drain
        }
        return envelope(message)
    }
}
