import Digests
import RolloutCore
import Testing

@testable import Wire

struct LimitsTests {
    let codec = WireCodec()

    private func refuses(_ message: NodeMessage, _ field: String, sourceLocation: SourceLocation = #_sourceLocation) {
        var random = RandomMessages(seed: 9)
        #expect(sourceLocation: sourceLocation) {
            try codec.encode(random.envelope(message))
        } throws: { error in
            guard case .invalid(let named, _) = error as? WireError else { return false }
            return named == field && "\(error)".hasSuffix(".")
        }
    }

    private func refuses(
        _ message: CoordinatorMessage, _ field: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var random = RandomMessages(seed: 9)
        #expect(sourceLocation: sourceLocation) {
            try codec.encode(random.envelope(message))
        } throws: { error in
            guard case .invalid(let named, _) = error as? WireError else { return false }
            return named == field && "\(error)".hasSuffix(".")
        }
    }

    private func task(_ kind: TaskKind) -> Attempt {
        Attempt(task: TaskID(iteration: 1, split: .train, kind: kind, index: 0), attempt: 1)
    }

    private func result(_ kind: TaskKind, _ output: TaskOutput) -> NodeMessage {
        .result(
            TaskResult(
                attempt: task(kind), inputDigest: .zero, resultDigest: .zero, output: output, computeTime: .zero))
    }

    @Test("Counts, lengths and ranges over the limits are refused by name")
    func bounds() {
        let attempt = task(.sample)
        refuses(.release(Array(repeating: attempt, count: 4097)), "Release.attempts")
        refuses(.heartbeat(Heartbeat(held: [], credit: 5000)), "Heartbeat.credit")
        refuses(NodeMessage.chunkRequest(ChunkRequest(blob: .zero, first: 0, count: 1025)), "ChunkRequest.count")
        refuses(
            NodeMessage.chunk(Chunk(blob: .zero, index: 0, bytes: Array(repeating: 0, count: 262_145))), "Chunk.content"
        )
        refuses(
            .policy(
                PolicyManifest(
                    version: 1, base: .zero, weights: .zero,
                    delta: BlobManifest(digest: .zero, byteCount: 262_145, chunks: [.zero]))),
            "BlobManifest.chunk_digests")
        refuses(
            .hello(
                Hello(
                    role: .sampler, node: "a\nb", softwareVersion: "1", numericFingerprint: .zero, slots: 1, credit: 1)),
            "Hello.node")
        refuses(result(.score, .score([Score(id: .init(prompt: 0, sample: 0), reward: .nan)])), "Score.reward")
        refuses(result(.sample, .score([])), "Result.output")
        let trajectory = Trajectory(
            id: .init(prompt: 0, sample: 0), tokens: [3, -1], stop: .length, reasoning: "", answer: nil,
            logProbability: 0)
        refuses(result(.sample, .sample([trajectory])), "Trajectory.tokens")
        refuses(
            result(.sample, .sample(Array(repeating: trajectory, count: 16385))), "SampleOutput.trajectories")
        var timers = Timers()
        timers.lease = .seconds(-1)
        refuses(
            .welcome(
                Welcome(
                    timers: timers,
                    base: BaseManifest(weights: .zero, blob: .init(digest: .zero, byteCount: 0, chunks: [])))),
            "Timers")
    }

    @Test("Prompts times samples are bounded together, so that the result fits too")
    func product() {
        let work = SampleWork(
            policy: PolicyManifest(version: 0, base: .zero, weights: .zero, delta: nil),
            prompts: (0..<200).map { .init(index: $0, tokens: [1]) }, samplesPerPrompt: 100,
            decoding: Decoding(temperature: 1, topP: 1, topK: 0, maxNewTokens: 8, stopTokens: []), seed: 1,
            answerMarker: "")
        refuses(
            .lease(Lease(attempt: task(.sample), timeToLive: .seconds(1), inputDigest: .zero, work: .sample(work))),
            "SampleWork's prompts times samples")
    }

    @Test("A frame over the limit is refused at both ends")
    func frameSize() throws {
        var limits = WireLimits()
        limits.frameByteCount = 1000
        let small = WireCodec(limits: limits)
        var random = RandomMessages(seed: 2)
        let envelope = random.envelope(
            NodeMessage.chunk(Chunk(blob: .zero, index: 0, bytes: Array(repeating: 1, count: 1000))))
        #expect {
            try small.encode(envelope)
        } throws: {
            ($0 as? WireError)?.kind == .tooLong
        }
        let frame = try codec.encode(envelope)
        #expect(throws: WireError.tooLong(byteCount: frame.count, limit: 1000)) { try small.decodeNodeMessage(frame) }
    }
}
