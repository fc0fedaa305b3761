import Digests
import Foundation
import Logging
import RolloutCore
import Synchronization
import Testing
import Transport
import ZeroMQ

@testable import Nodes

@Suite(.timeLimit(.minutes(5))) struct NodeServiceTests {
    /// Gives the number a task's only item has as its input, when it is let go; never looks whether it is still wanted.
    private final class Stubborn: TaskRunner {
        let started = AsyncStream<Double>.makeStream()
        private let allowed = Mutex<Set<Double>>([])

        func letGo(_ number: Double) { allowed.withLock { _ = $0.insert(number) } }

        func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput {
            guard case .score(let work) = lease.work, let item = work.items.first, let number = Double(item.input)
            else {
                throw .system("no number")
            }
            started.continuation.yield(number)
            while !allowed.withLock({ $0.contains(number) }) { Thread.sleep(forTimeInterval: 0.002) }
            return .score([Score(id: item.id, reward: number)])
        }
    }

    /// A coordinator that says what the test wants it to say.
    private struct Desk {
        let transport: InMemoryCoordinator
        let results = AsyncStream<TaskResult>.makeStream()
        let sessions = AsyncStream<(SessionID, Incarnation)>.makeStream()
        let held = AsyncStream<[Attempt]>.makeStream()

        init(_ network: InMemoryNetwork) async throws {
            transport = network.coordinator(on: try PollLoop(name: "coordinator"))
            let (results, sessions, held) = (results.continuation, sessions.continuation, held.continuation)
            await transport.start { session, envelope in
                switch envelope.message {
                case .hello: sessions.yield((session, envelope.incarnation))
                case .result(let result): results.yield(result)
                case .heartbeat(let heartbeat): held.yield(heartbeat.held)
                default: break
                }
            }
        }

        func send(_ messages: CoordinatorMessage..., term: UInt64, to node: (SessionID, Incarnation)) async {
            for (index, message) in messages.enumerated() {
                let envelope = Envelope(
                    run: Digest.of("run"), term: Term(rawValue: term), incarnation: node.1,
                    sequence: UInt64(index + 1), message: message)
                _ = await transport.send(envelope, to: node.0)
            }
        }
    }

    private static func lease(_ number: Double, of index: UInt32 = 0) -> Lease {
        let task = TaskID(iteration: 1, split: .train, kind: .score, index: index)
        let item = ScoreWork.Item(
            id: TrajectoryID(prompt: 0, sample: 0), input: "\(number)", reference: "r", answer: "a")
        return Lease(
            attempt: Attempt(task: task, attempt: 1), timeToLive: .seconds(100), inputDigest: Digest.of("\(number)"),
            work: .score(ScoreWork(items: [item], reward: "rougeL")))
    }

    @Test("What a task that was stopped still makes is not taken for the answer of the same attempt at another input")
    func stoppedTasksAnswerNothing() async throws {
        let network = InMemoryNetwork()
        let desk = try await Desk(network)
        let runner = Stubborn()
        let node = try NodeService(
            transport: network.node(on: try PollLoop(name: "node")), runner: runner,
            hello: Hello(
                role: .scorer, node: "scorer", softwareVersion: "test", numericFingerprint: .zero, slots: 1, credit: 2),
            incarnation: Incarnation(rawValue: 7), seed: 1, patience: nil, base: nil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let exit = Task { await node.run() }
        var sessions = desk.sessions.stream.makeAsyncIterator()
        var started = runner.started.stream.makeAsyncIterator()
        var results = desk.results.stream.makeAsyncIterator()
        var timers = Timers()
        timers.heartbeat = .milliseconds(50)
        timers.silenceStop = .seconds(300)
        timers.silenceExit = .seconds(600)
        let welcome = CoordinatorMessage.welcome(
            Welcome(timers: timers, base: BaseManifest(weights: .zero, blob: BlobManifest(of: [1]))))

        let first = try #require(await sessions.next())
        await desk.send(welcome, .lease(Self.lease(1)), term: 1, to: first)
        #expect(await started.next() == 1)
        // The coordinator was killed before the sample was on disk. The next one got another, and counts its attempts anew.
        await desk.send(.fenced("restarted"), term: 2, to: first)
        let second = try #require(await sessions.next())
        let last = Self.lease(3, of: 1)
        await desk.send(
            welcome, .cancel([Self.lease(1).attempt]), .lease(Self.lease(2)), .lease(last), term: 2, to: second)
        // It has taken them all in.
        for await held in desk.held.stream where held.contains(last.attempt) { break }
        for number in [1, 2, 3] { runner.letGo(Double(number)) }
        for lease in [Self.lease(2), last] {
            let result = try #require(await results.next())
            #expect(result.inputDigest == lease.inputDigest)
            guard case .score(let scores) = result.output else { Issue.record("\(result.output)"); return }
            #expect(scores.map(\.reward) == [lease == last ? 3 : 2])
            await desk.send(
                .resultAck(ResultAck(task: result.attempt.task, resultDigest: result.resultDigest)), term: 2, to: second
            )
        }
        #expect([await started.next(), await started.next()] == [2, 3])
        await desk.send(.drain, term: 2, to: second)
        #expect(await exit.value == .drained)
    }
}
