import Digests
import Rewards
import RolloutCore
import Synchronization
import Testing

@testable import Nodes

@Suite struct ScorerRunnerTests {
    /// Gives each answer its length; fails as the answers say.
    final class Fake: RewardSource {
        let asked = Mutex<[[String]]>([])

        func rewards(for requests: [RewardRequest]) throws(RewardUnavailable) -> [RewardOutcome] {
            asked.withLock { $0.append(requests.map(\.answer)) }
            if requests.contains(where: { $0.answer == "gone" }) { throw RewardUnavailable("it is gone") }
            if requests.contains(where: { $0.answer == "few" }) { return [] }
            // One bad answer brings everything down that is asked with it.
            let isDown = requests.contains { $0.answer == "bad" }
            return requests.map { request in
                switch request.answer {
                case "nan": .value(.nan)
                case "none": .undefined
                case "slow": .timedOut("too slow")
                case _ where isDown: .failed("down")
                default: .value(Double(request.answer.utf8.count))
                }
            }
        }
    }

    let fake = Fake()

    private func run(_ answers: [String], settles: Bool = false, reward: String = "mine") throws -> [Double?] {
        let runner = ScorerRunner(.told(name: "mine") { [fake] in fake })
        let items = answers.enumerated().map { index, answer in
            ScoreWork.Item(
                id: TrajectoryID(prompt: 0, sample: UInt32(index)), input: "", reference: "", answer: answer)
        }
        let task = TaskID(iteration: 1, split: .train, kind: .score, index: 0)
        let lease = Lease(
            attempt: Attempt(task: task, attempt: 1), timeToLive: .seconds(1), inputDigest: .zero,
            work: .score(ScoreWork(items: items, reward: reward)), settles: settles)
        let context = TaskContext(blobs: BlobCache(), base: nil, isCancelled: { false }, progress: { _ in })
        guard case .score(let scores) = try runner.run(lease, in: context) else { return [] }
        #expect(scores.map(\.id) == items.map(\.id))
        return scores.map(\.reward)
    }

    @Test func valuesAndWhatHasNone() throws {
        #expect(try run(["ab", "none", ""]) == [2, nil, 0])
        #expect(fake.asked.withLock { $0.count } == 1)
    }

    @Test func aFailureCostsTheAttempt() {
        #expect(throws: TaskError.deterministic("down (and 1 more answers of the task)")) { try run(["bad", "a"]) }
        #expect(throws: TaskError.deterministic("the reward is nan")) { try run(["a", "nan"]) }
        #expect(throws: TaskError.deterministic("the reward gave 0 outcomes for 2 answers")) { try run(["few", "a"]) }
        #expect(throws: TaskError.system("it is gone")) { try run(["gone", "a"]) }
        #expect(throws: TaskError.self) { try run(["a"], reward: "another") }
    }

    @Test func theSettlingAttemptRecordsWhatFailsAloneAndKeepsTheRest() throws {
        #expect(try run(["a", "bad", "ccc", "nan"], settles: true) == [1, nil, 3, nil])
        #expect(fake.asked.withLock { $0 } == [["a", "bad", "ccc", "nan"], ["a"], ["bad"], ["ccc"], ["nan"]])
        #expect(try run(["bad"], settles: true) == [nil])
        #expect(throws: TaskError.system("it is gone")) { try run(["gone"], settles: true) }
    }

    /// A source that hangs is not waited for at every answer.
    @Test func threeSlowOnesInARowEndIt() throws {
        #expect(try run(["bad", "bad", "bad", "bad", "a"], settles: true) == [nil, nil, nil, nil, 1])
        #expect(fake.asked.withLock { $0.count } == 6)
        #expect(
            try run(["slow", "bad", "slow", "slow", "slow", "a"], settles: true) == [nil, nil, nil, nil, nil, nil])
        #expect(fake.asked.withLock { $0.count } == 6 + 6)
    }

    @Test func metricsNeedNoTelling() throws {
        let context = TaskContext(blobs: BlobCache(), base: nil, isCancelled: { false }, progress: { _ in })
        let items = [("a b", "a b"), ("", "a")].enumerated().map { index, pair in
            ScoreWork.Item(
                id: TrajectoryID(prompt: 0, sample: UInt32(index)), input: "", reference: pair.0, answer: pair.1)
        }
        let task = TaskID(iteration: 1, split: .train, kind: .score, index: 0)
        let lease = Lease(
            attempt: Attempt(task: task, attempt: 1), timeToLive: .seconds(1), inputDigest: .zero,
            work: .score(ScoreWork(items: items, reward: "0.5*rougeL")))
        let output = try ScorerRunner().run(lease, in: context)
        #expect(output == .score([Score(id: items[0].id, reward: 0.5), Score(id: items[1].id, reward: nil)]))
    }
}
