import Digests
import Foundation
import JSONLines
import Logging
import RolloutCore
import Synchronization
import Testing

@testable import Nodes

@Suite struct JSONLogTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private let lines = Lines()
    private let run = Digest.of("run")
    private let attempt = Attempt(task: TaskID(iteration: 1, split: .train, kind: .sample, index: 3), attempt: 2)

    private func logger(_ level: Logger.Level = .debug) -> Logger {
        var logger = Logger(label: "any") { [lines] _ in
            JSONLog(label: "sampler \"1\"") { line in lines.all.withLock { $0.append(line) } }
        }
        logger.logLevel = level
        logger[metadataKey: "run"] = "\(run.short)"
        logger[metadataKey: "term"] = "3"
        return logger
    }

    private func logged() throws -> [JSON] {
        try lines.all.withLock { $0 }.map { line in
            #expect(line.hasSuffix("\n"))
            #expect(line.split(separator: "\n").count == 1)
            return try JSON.parse(Array(line.utf8))
        }
    }

    @Test func aLineIsAnObject() throws {
        logger().notice(
            "two\nlines", metadata: ["bytes": "5", "list": ["a", "b"], "node": "forged", "inner": ["k": "v"]])
        let line = try #require(try logged().first)
        #expect(line["message"]?.string == "two\nlines")
        #expect(line["level"]?.string == "notice")
        #expect(line["node"]?.string == "sampler \"1\"")
        #expect(line["run"]?.string == run.short)
        #expect(line["term"]?.string == "3")
        #expect(line["bytes"]?.string == "5")
        #expect(line["list"]?[1]?.string == "b")
        #expect(line["inner"]?["k"]?.string == "v")
        let time = try #require(line["time"]?.string)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
    }

    @Test func oneTraceLeadsFromTheLeaseToTheSelection() throws {
        let logger = logger()
        let score = Attempt(task: attempt.task.sibling(.score), attempt: 1)
        logger.log(Notice.leased(attempt, node: "a"), of: run)
        logger.log(WorkerNotice.completed(attempt), of: run)
        logger.log(Notice.accepted(attempt, node: "a", late: false), of: run)
        logger.log(Notice.leased(score, node: "b"), of: run)
        let plan = RunPlan(
            run: run, seed: 1, iterations: 1, fineTunesFirst: true, startsFromPrevious: false, base: .zero,
            groups: [.train: (0..<16).map { "\($0)" }], promptsPerTask: 4, samplesPerPrompt: 2, evaluates: [],
            selection: SelectionRule(threshold: .absolute(0), scope: .all, cap: 1))
        logger.log(
            SealedIteration(
                iteration: 1, root: .zero, thresholds: [],
                kept: [SealedIteration.Kept(id: TrajectoryID(prompt: 14, sample: 1), reward: 0.5)],
                counts: SelectionCounts()), of: plan)
        let lines = try logged()
        #expect(lines.count == 6)
        let trace = try #require(lines[0]["trace"]?.string)
        #expect(trace.count == 32)
        #expect(lines.compactMap { $0["trace"]?.string } == [String](repeating: trace, count: 5))
        #expect(lines.last?["message"]?.string == "kept sample 1 of prompt 14, reward 0.5")
        // An attempt has one span in every process, and another attempt another one.
        let spans = lines.compactMap { $0["span"]?.string }
        #expect(spans.count == 4)
        #expect(Set(spans).count == 2)
        #expect(spans.allSatisfy { $0.count == 16 })
        #expect(lines[0]["task"]?.string == "\(attempt.task)")
        #expect(lines[0]["attempt"]?.string == "2")
    }

    @Test func otherRunsTasksAndTrainingsAreOtherTraces() {
        let task = attempt.task
        var other = task
        other.index = 4
        let ids = [
            Trace.id(run: run, task: task), Trace.id(run: Digest.of("other"), task: task),
            Trace.id(run: run, task: other),
            Trace.id(run: run, task: .train(1)),
        ]
        #expect(Set(ids).count == 4)
        #expect(Trace.id(run: run, task: task.sibling(.score)) == ids[0])
    }

    @Test func whatIsBelowTheLevelIsNotSaid() throws {
        let logger = logger(.info)
        logger.log(Notice.leased(attempt, node: "a"), of: run)
        logger.log(Notice.leaseExpired(attempt, node: "a"), of: run)
        #expect(try logged().compactMap { $0["level"]?.string } == ["warning"])
    }
}
