import Configuration
import Endpoints
import FakeEndpoint
import Foundation
import JSONLines
import Logging
import Rewards
import RunStore
import Testing
import Tokenization
import Transformer

@testable import Nodes

/// A judge behind a server that misbehaves, and one that is a checkpoint.
@Suite(.timeLimit(.minutes(5)))
struct JudgeRewardTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func judge(
        _ server: FakeEndpoint, from source: RunConfiguration.Reward.ScoreFrom = .probabilities
    ) -> JudgeReward {
        var endpoint = Endpoint(url: server.url, model: "judge")
        endpoint.retries = RetrySchedule(attempts: 3, first: .milliseconds(1))
        return JudgeReward(.endpoint(EndpointClient(endpoint), source, attempts: 3), logger: logger)
    }

    private let requests = ["good", "fair", "none"].map { RewardRequest(input: "x", reference: "y", answer: $0) }

    /// Off the cooperative threads, as a slot asks.
    private func rewards(_ judge: JudgeReward) async -> Result<[RewardOutcome], RewardUnavailable> {
        let requests = requests
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do throws(RewardUnavailable) {
                    continuation.resume(returning: .success(try judge.rewards(for: requests)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }

    private static func text(_ call: FakeEndpoint.Call) -> String {
        call.prompt.contains("\ngood\n") ? "10" : call.prompt.contains("\nfair\n") ? "Grade: 5." : "I cannot say."
    }

    @Test("Scores are read from text, an answer without one is asked for thrice and has none")
    func text() async throws {
        let server = try await FakeEndpoint { .text(Self.text($0)) }
        #expect(try await rewards(judge(server, from: .text)).get() == [.value(1), .value(0.5), .undefined])
        #expect(server.calls.count == 5)
        #expect(server.calls.allSatisfy { $0.body["logprobs"] == nil })
        let temperatures = server.calls.filter { $0.prompt.contains("\nnone\n") }.map { $0.body["temperature"]?.double }
        #expect(temperatures == [0, 0.7, 0.7])
    }

    @Test("Probabilities decide where the server gives them: here the text says 1 and the probabilities 10")
    func probabilities() async throws {
        let one: JSON = [
            "content": [
                [
                    "token": "1", "logprob": -0.5,
                    "top_logprobs": [["token": "1", "logprob": -0.5], ["token": "7", "logprob": -2]],
                ],
                [
                    "token": "\n", "logprob": -1.2,
                    "top_logprobs": [["token": "0", "logprob": -0.4], ["token": "\n", "logprob": -1.2]],
                ],
            ]
        ]
        let server = try await FakeEndpoint { _ in .text("1\n", tokens: one) }
        #expect(try await rewards(judge(server)).get() == Array(repeating: .value(1), count: 3))
        #expect(server.calls.allSatisfy { $0.body["top_logprobs"] == 20 })
        #expect(try await rewards(judge(server, from: .text)).get() == Array(repeating: .value(0.1), count: 3))
    }

    @Test("Every third call fails, and the scores are the same")
    func everyThirdCallFails() async throws {
        let server = try await FakeEndpoint { call in
            call.number % 3 == 0 ? .raw(status: 500, body: "") : .text(Self.text(call))
        }
        #expect(try await rewards(judge(server)).get() == [.value(1), .value(0.5), .undefined])
    }

    @Test("A server that is not there, or refuses the key, judges nothing: no answer loses its reward")
    func unavailable() async throws {
        for status in [401, 503] {
            let server = try await FakeEndpoint { call in
                call.prompt.contains("\nfair\n") ? .raw(status: status, body: "no") : .text("7")
            }
            guard case .failure(let error) = await rewards(judge(server)) else {
                Issue.record("judged with status \(status)")
                continue
            }
            #expect(error.description.contains("answered \(status)"))
        }
    }

    @Test("Nonsense and refusals cost the answer its attempt, and the others nothing")
    func garbage() async throws {
        for (status, body) in [(200, "<html>"), (400, "too long")] {
            let server = try await FakeEndpoint { call in
                call.prompt.contains("\nfair\n") ? .raw(status: status, body: body) : .text("7")
            }
            let outcomes = try await rewards(judge(server)).get()
            #expect(outcomes[0] == .value(0.7) && outcomes[2] == .value(0.7))
            guard case .failed(let reason) = outcomes[1] else {
                Issue.record("\(outcomes[1])")
                continue
            }
            #expect(reason.contains("the judge cannot be asked") && reason.contains(body))
        }
    }

    @Test("A checkpoint gives every answer the score whose continuation, end included, is the likeliest")
    func checkpoint() async throws {
        let run = try TinyRun(context: 2048)
        let outcomes = try await rewards(JudgeReward(.checkpoint(run.base), logger: logger)).get()
        #expect(outcomes.count == 3)
        let question = JudgeWording.question(input: "x", reference: "y", answer: "good")
        let prompt = run.base.tokenizer.encode(question, addSpecial: true)
        let scorer = SequenceScorer(weights: try run.base.ownWeights())
        let weights = try JudgeScore.allCases.map { score in
            let tokens = run.base.tokenizer.encode(score.text) + [0]
            let all = try scorer.logProbabilities(prompt + tokens).suffix(tokens.count)
            return (score: score, weight: all.reduce(0.0) { $0 + Double($1) })
        }
        #expect(outcomes[0] == .value(try #require(JudgeScore.mostProbable(weights)).reward))
        // A question that does not fit costs an attempt, with a reason.
        let small = try await rewards(JudgeReward(.checkpoint(try TinyRun(context: 64).base), logger: logger)).get()
        guard case .failed(let reason) = small[0] else {
            Issue.record("\(small[0])")
            return
        }
        #expect(reason.contains("context is 64"))
    }
}
