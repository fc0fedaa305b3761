import Logging
import Rewards
import Testing

@testable import Nodes

/// Programs of a line of shell: well-behaved and otherwise.
@Suite struct CommandRewardTests {
    /// Answers each line with half a point.
    static let half = #"sed -u 's/^{"id":"\([^"]*\)".*/{"id":"\1","reward":0.5}/'"#

    private func reward(_ script: String, limit: Duration = .seconds(20)) -> CommandReward {
        CommandReward(
            CommandReward.Command(words: ["sh", "-c", script], timeLimit: limit),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func requests(_ answers: String...) -> [RewardRequest] {
        answers.enumerated().map { RewardRequest(id: "0/\($0.offset)", reference: "y", answer: $0.element) }
    }

    private func reason(_ outcome: RewardOutcome?) -> String {
        switch outcome {
        case .failed(let reason)?: reason
        case .timedOut(let reason)?: "too slow: " + reason
        default: "\(String(describing: outcome))"
        }
    }

    @Test func oneProgramServesManyTasks() throws {
        let reward = reward("echo $$ >&2; " + Self.half)
        for count in [1, 3, 0, 500] {
            let requests = (0..<count).map { RewardRequest(id: "0/\($0)", reference: "y", answer: "z") }
            #expect(try reward.rewards(for: requests) == requests.map { _ in .value(0.5) })
        }
    }

    @Test func aProgramThatEndsFailsWhatItDidNotAnswer() throws {
        // It dies of the word "bad", and says why.
        let reward = reward(
            #"while read -r line; do case $line in *bad*) echo "cannot cope" >&2; exit 3;; esac; echo "$line" | "#
                + Self.half + "; done")
        let outcomes = try reward.rewards(for: requests("good", "bad", "good"))
        #expect(outcomes.first == .value(0.5))
        #expect(
            reason(outcomes[1])
                == "the reward command sh ended with status 3 after 1 of 3 answers; its last words: cannot cope")
        #expect(outcomes[1] == outcomes[2])
        // It is started again.
        #expect(try reward.rewards(for: requests("good", "good")) == [.value(0.5), .value(0.5)])
    }

    @Test func aProgramThatHangsIsKilled() throws {
        let reward = reward(
            #"while read -r line; do case $line in *bad*) sleep 600;; esac; echo "$line" | "# + Self.half + "; done",
            limit: .milliseconds(500))
        let outcomes = try reward.rewards(for: requests("bad", "good"))
        #expect(
            outcomes.map(reason)
                == [String](repeating: "too slow: the reward command sh gave 0 of 2 answers within 0.5 s", count: 2))
        #expect(try reward.rewards(for: requests("good")) == [.value(0.5)])
    }

    @Test func aWrongLineEndsTheTask() throws {
        let outcomes = try reward("read -r line; echo hello; sleep 600").rewards(for: requests("a", "b"))
        #expect(reason(outcomes[1]) == "the reward command sh wrote what is not a JSON object: 'hello'")
        let silent = try reward("cat > /dev/null").rewards(for: requests())
        #expect(silent.isEmpty)
    }

    /// A word too many belongs to the task before, whenever it is read.
    @Test func whatIsSaidBetweenTasksHarmsNoTask() throws {
        let reward = reward(
            #"while read -r line; do echo "$line" | "# + Self.half + "; echo done with it; done")
        for _ in 0..<3 { #expect(try reward.rewards(for: requests("a")) == [.value(0.5)]) }
        let once = self.reward("read -r line; echo \"$line\" | " + Self.half)
        for _ in 0..<3 { #expect(try once.rewards(for: requests("a")) == [.value(0.5)]) }
    }

    @Test func aMissingProgramIsNotTheAnswersFault() {
        for words in [["/no/such/program"], ["sh", "-c", "exec /no/such/program"]] {
            let reward = CommandReward(
                CommandReward.Command(words: words, timeLimit: .seconds(5)),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            #expect(throws: RewardUnavailable.self) { try reward.rewards(for: requests("a")) }
        }
    }
}
