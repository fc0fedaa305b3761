import Synchronization
import Testing

@testable import ZeroMQ

@Suite(.timeLimit(.minutes(5)))
struct PollLoopTests {
    actor Counter: PollLoopActor {
        nonisolated let loop: PollLoop
        private(set) var count = 0
        init(loop: PollLoop) { self.loop = loop }
        func increment() { count += 1 }
        func isOnLoop() -> Bool { loop.isCurrent }
        func ask(_ other: Counter) async -> Bool {
            await other.increment()
            return loop.isCurrent
        }
    }

    @Test("An actor of the loop runs on the loop's thread, and others do not")
    func runsOnThread() async throws {
        let loop = try PollLoop(name: "test")
        let counter = Counter(loop: loop)
        #expect(await counter.isOnLoop())
        #expect(!loop.isCurrent)
    }

    @Test("Work that outlives the loop still runs, and the thread ends with its loop")
    func ends() async throws {
        let released = Released()
        weak var gone: LoopCore?
        do {
            let loop = try PollLoop(name: "test")
            gone = loop.core
            loop.perform { released.set() }
        }
        while gone != nil { await Task.yield() }
        #expect(released.isSet)
    }

    @Test("Jobs from many tasks are all run, one at a time")
    func manyJobs() async throws {
        let counter = Counter(loop: try PollLoop(name: "test"))
        await withTaskGroup { group in
            for _ in 0..<20 {
                group.addTask { for _ in 0..<100 { await counter.increment() } }
            }
        }
        #expect(await counter.count == 2000)
    }

    @Test("Two actors of one loop call each other without leaving its thread")
    func sameLoop() async throws {
        let loop = try PollLoop(name: "test")
        #expect(await Counter(loop: loop).ask(Counter(loop: loop)))
    }

    @Test("Work and jobs keep the order they were queued in")
    func order() async throws {
        let loop = try PollLoop(name: "test")
        let seen = Mutex<[Int]>([])
        await withCheckedContinuation { done in
            for index in 0..<1000 { loop.perform { seen.withLock { $0.append(index) } } }
            loop.perform { done.resume() }
        }
        #expect(seen.withLock(\.self) == Array(0..<1000))
    }

    @Test("A timer fires on the loop's thread again and again until it is cancelled")
    func timer() async throws {
        let loop = try PollLoop(name: "test")
        let (ticks, continuation) = AsyncStream.makeStream(of: Bool.self)
        let timer = loop.every(.milliseconds(1)) { continuation.yield(loop.isCurrent) }
        var iterator = ticks.makeAsyncIterator()
        for _ in 0..<3 { #expect(await iterator.next() == true) }
        timer.cancel()
    }

    @Test("Isolation can be assumed in handlers and by actors of the same loop")
    func assumes() async throws {
        let loop = try PollLoop(name: "test")
        let counter = Counter(loop: loop)
        let count = await withCheckedContinuation { done in
            loop.perform {
                let count = counter.assumeIsolated { counter in
                    counter.increment()
                    return counter.count
                }
                done.resume(returning: count)
            }
        }
        #expect(count == 1)
    }
}

private final class Released: Sendable {
    private let flag = Atomic(false)
    func set() { flag.store(true, ordering: .sequentiallyConsistent) }
    var isSet: Bool { flag.load(ordering: .sequentiallyConsistent) }
}
