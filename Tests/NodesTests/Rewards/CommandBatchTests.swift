import Files
import Rewards
import Testing

@testable import Nodes

@Suite struct CommandBatchTests {
    /// A batch of three that remembers, for expectations to ask.
    private final class Conversation {
        var batch = CommandBatch(
            (0..<3).map { RewardRequest(id: "4/\($0)", input: "x", reference: "y", answer: "z\"\n") }, number: 7)

        func take(_ line: String) throws -> CommandBatch.Reception { try batch.take(Array(line.utf8)[...]) }

        func breach(_ line: String) -> String {
            do {
                _ = try take(line)
                return ""
            } catch { return "\(error)" }
        }
    }

    private let conversation = Conversation()
    private var batch: CommandBatch { conversation.batch }

    private func take(_ line: String) throws -> CommandBatch.Reception { try conversation.take(line) }
    private func breach(_ line: String) -> String { conversation.breach(line) }

    @Test func asksALineForEach() {
        let lines = String(decoding: batch.lines, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(
            lines.first
                == #"{"id":"7:4/0","input":"x","reference":"y","answer":"z\"\n","reasoning":"","finished":true}"#)
    }

    @Test func answersComeInAnyOrder() throws {
        #expect(try take(#"{"id": "7:4/2", "reward": 2}"#) == .counted)
        #expect(try take("\r") == .counted)
        #expect(try take(#"{"reward": null, "id": "7:4/0", "more": [1]}"#) == .counted)
        #expect(!batch.isComplete)
        #expect(batch.outcomes(else: .failed("hung")) == [.undefined, .failed("hung"), .value(2)])
        #expect(try take(#"{"id": "7:4/1", "error": "no\nidea", "reward": 1}"#) == .counted)
        #expect(batch.isComplete)
        #expect(
            batch.outcomes(else: .undefined) == [
                .undefined, .failed("the reward command says of 4/1: no idea"), .value(2),
            ])
    }

    @Test func whatIsNoAnswerIsABreach() {
        #expect(breach("Loading model…").contains("not a JSON object: 'Loading model…'"))
        #expect(breach("0.5").contains("not a JSON object"))
        #expect(breach(#"{"id": "7:4/0", "reward": NaN}"#).contains("a reward that is no number"))
        #expect(breach(#"{"id": "7:4/0", "reward": -Infinity}"#).contains("a reward that is no number"))
        #expect(breach(#"{"id": "7:4/0", "reward": "0.5"}"#).contains("without a number"))
        #expect(breach(#"{"id": "7:4/0", "reward": 1e999}"#) != "")
        #expect(breach(#"{"id": "7:4/0"}"#).contains("without a number"))
        #expect(breach(#"{"reward": 1}"#).contains("without the id"))
        #expect(breach(#"{"id": "7:9/9", "reward": 1}"#) == "answered 7:9/9, which was not asked")
        #expect(breach(#"{"id": "8:4/0", "reward": 1}"#) == "answered 8:4/0, which was not asked")
        #expect(breach("a\u{1B}[2Jb").contains("'a [2Jb'"), "no control character reaches a terminal")
        #expect(batch.answered == 0)
        #expect(breach(#"{"id": "7:4/0", "reward": 1}"#) == "")
        #expect(breach(#"{"id": "7:4/0", "reward": 1}"#) == "answered 7:4/0 twice")
    }

    @Test func lateAnswersToEarlierTasksAreTold() throws {
        #expect(try take(#"{"id": "6:4/0", "reward": 1}"#) == .stale)
        #expect(batch.answered == 0)
    }

    @Test func shortfallsAreCounted() throws {
        _ = try take(#"{"id": "7:4/2", "reward": 2}"#)
        #expect(batch.shortfall(.timedOut, limit: .milliseconds(1500)) == "gave 1 of 3 answers within 1.5 s")
        #expect(batch.shortfall(.exited(3), limit: .seconds(1)) == "ended with status 3 after 1 of 3 answers")
        #expect(batch.shortfall(.signalled(9), limit: .seconds(1)) == "was ended by signal 9 after 1 of 3 answers")
    }
}
