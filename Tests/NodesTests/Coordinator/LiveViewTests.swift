import Configuration
import Digests
import RolloutCore
import RunStore
import Testing
import Transport

@testable import Nodes

@Suite struct LiveViewTests {
    private let run: TinyRun
    private let directory: RunDirectory
    private let journal: Journal
    private let prepared: PreparedRun

    init() throws {
        run = try TinyRun()
        let configuration = run.configuration {
            $0.run.mode = .zeroShot
            $0.run.iterations = 0
        }
        directory = try RunDirectory.create(run.path + "/run", configuration: configuration.yaml)
        journal = try Journal(holding: directory.lock())
        prepared = try PreparedRun(configuration, base: run.base)
        try journal.begin(
            RunInfo(
                digest: prepared.plan.run, name: "live", mode: "zeroshot", reward: "rougeL", configuration: "",
                baseArchive: .zero),
            plan: prepared.plan, prompts: prepared.promptRows)
    }

    private func at(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(seconds)) }

    private func started() throws -> Coordinator {
        var coordinator = try Coordinator(
            plan: prepared.plan, term: Term(rawValue: 1), timers: Timers(),
            base: BaseManifest(weights: run.base.weightsDigest, blob: BlobManifest(of: [])), softwareVersion: "test",
            numericFingerprint: .zero, seed: 1)
        try perform(coordinator.start(at: at(0)))
        return coordinator
    }

    private func perform(_ effects: [CoordinatorEffect]) throws {
        for case .journal(let record, let durable) in effects { try journal.append(record, durable: durable) }
    }

    private func join(_ coordinator: inout Coordinator, _ role: Role, at now: Instant) throws {
        let hello = Hello(
            role: role, node: "the-\(role)", softwareVersion: "test", numericFingerprint: .zero, slots: 1, credit: 1)
        try perform(
            coordinator.handle(
                .received(
                    SessionID(rawValue: UInt64(role.rawValue)),
                    Envelope(
                        run: .zero, term: Term(rawValue: 0), incarnation: Incarnation(rawValue: UInt64(role.rawValue)),
                        sequence: 1, message: .hello(hello))), at: now))
    }

    @Test func aRoleThatIsMissingIsNamedEveryTenSeconds() throws {
        let coordinator = try started()
        var live = LiveView(traffic: { TransportCounters() })
        var lines: [Int: [String]] = [:]
        for second in 0...25 {
            let new = try live.update(coordinator, journal: journal, at: at(Double(second)))
            if !new.isEmpty { lines[second] = new }
        }
        #expect(lines.keys.sorted() == [10, 20])
        #expect(lines[20]?.count == 1)
        #expect(lines[20]?.first?.hasPrefix("waiting for a sampler to join for 20 s") == true)
        #expect(lines[20]?.first?.contains("reprise sampler --connect") == true)
    }

    @Test func nothingIsWaitedForWhereEveryRoleIsThere() throws {
        var coordinator = try started()
        var live = LiveView(traffic: { TransportCounters() })
        var lines = try live.update(coordinator, journal: journal, at: at(0))
        try join(&coordinator, .sampler, at: at(5))
        for second in [11.0, 40] { lines += try live.update(coordinator, journal: journal, at: at(second)) }
        #expect(lines.isEmpty)
    }

    @Test func thePictureIsWrittenOnceASecond() throws {
        var coordinator = try started()
        var live = LiveView(traffic: { TransportCounters() })
        try live.update(coordinator, journal: journal, at: at(0))
        try join(&coordinator, .sampler, at: at(0.2))
        let reader = try RunReader(directory)
        try live.update(coordinator, journal: journal, at: at(0.9))
        #expect(try reader.summary().nodes.isEmpty)
        try live.update(coordinator, journal: journal, at: at(1))
        #expect(try reader.summary().nodes.map(\.name) == ["the-sampler"])
        try join(&coordinator, .scorer, at: at(1.1))
        try live.update(coordinator, journal: journal, at: at(1.2), force: true)
        #expect(try reader.summary().nodes.map(\.name) == ["the-sampler", "the-scorer"])
    }

    @Test func speedIsTokensOverTimeOfWork() throws {
        var coordinator = try started()
        try join(&coordinator, .sampler, at: at(0))
        var live = LiveView(traffic: { TransportCounters() })
        let trajectory = Trajectory(
            id: TrajectoryID(prompt: 0, sample: 0), tokens: [1, 2, 3, 4], stop: .length, reasoning: "", answer: "a",
            logProbability: -1)
        let output = TaskOutput.sample([trajectory, trajectory])
        let task = TaskID(iteration: 0, split: .test, kind: .sample, index: 0)
        let result = TaskResult(
            attempt: Attempt(task: task, attempt: 1), inputDigest: .zero, resultDigest: output.digest, output: output,
            computeTime: .seconds(2))
        let envelope = Envelope(
            run: prepared.plan.run, term: Term(rawValue: 1), incarnation: Incarnation(rawValue: 1), sequence: 2,
            message: NodeMessage.result(result))
        live.heard(envelope, from: "the-sampler")
        live.heard(envelope, from: nil)
        try live.update(coordinator, journal: journal, at: at(0))
        #expect(try RunReader(directory).summary().nodes.map(\.tokensPerSecond) == [4])
    }
}
