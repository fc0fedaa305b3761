import JSONLines
import Testing

@testable import Endpoints

@Suite struct CompletionTests {
    private func read(_ body: JSON) throws -> Completion { try Completion(response: Array(body.serialized().utf8)) }

    @Test func chatAnswersAreRead() throws {
        let completion = try read([
            "choices": [
                [
                    "message": ["role": "assistant", "content": "10"],
                    "logprobs": [
                        "content": [
                            [
                                "token": "1", "logprob": -0.5,
                                "top_logprobs": [
                                    ["token": "7", "logprob": -1.2], ["token": "1", "logprob": -0.5],
                                    ["token": "x", "logprob": "odd"],
                                ],
                            ],
                            ["token": "0", "logprob": 0],
                        ]
                    ],
                ]
            ],
            "usage": ["prompt_tokens": 12, "completion_tokens": 2],
        ])
        #expect(completion.text == "10" && completion.inputTokens == 12 && completion.outputTokens == 2)
        #expect(completion.tokens.map(\.text) == ["1", "0"])
        #expect(completion.tokens[0].alternatives.map(\.text) == ["1", "7"])
        #expect(completion.tokens[1].alternatives == [.init(text: "0", logProbability: 0)])
    }

    @Test func textCompletionsAreRead() throws {
        let completion = try read([
            "choices": [
                [
                    "text": "10",
                    "logprobs": [
                        "tokens": ["1", "0"], "token_logprobs": [-0.5, -0.1],
                        "top_logprobs": [["7": -1.2, "1": -0.5], .null],
                    ],
                ]
            ]
        ])
        #expect(completion.text == "10" && completion.inputTokens == 0)
        #expect(completion.tokens.map { $0.alternatives.map(\.text) } == [["1", "7"], ["0"]])
    }

    @Test func severalAnswersAreReadWithTheirEnds() throws {
        let completion = try read([
            "choices": [
                ["text": "a", "finish_reason": "stop", "token_ids": [3, 4]],
                ["text": "b", "finish_reason": "length", "token_ids": [3, "x"]], ["text": "c", "finish_reason": .null],
            ]
        ])
        #expect(completion.choices.map(\.text) == ["a", "b", "c"] && completion.text == "a")
        #expect(completion.choices.map(\.ending) == ["stop", "length", nil])
        #expect(completion.choices.map(\.tokenIDs) == [[3, 4], nil, nil])
    }

    @Test func tokensMayHaveTheirNumbersBesideTheirProbabilities() throws {
        let completion = try read([
            "choices": [
                [
                    "text": "ab",
                    "logprobs": [
                        "content": [
                            ["id": 7, "token": "a", "logprob": -0.5], ["id": 9, "token": "b", "logprob": -0.25],
                        ]
                    ],
                ]
            ]
        ])
        #expect(completion.choices[0].tokenIDs == [7, 9])
        #expect(completion.choices[0].tokens.map(\.logProbability) == [-0.5, -0.25])
    }

    @Test func logProbabilitiesMayBeAbsent() throws {
        #expect(try read(["choices": [["message": ["content": "7"], "logprobs": .null]]]).tokens.isEmpty)
    }

    @Test(arguments: [
        "", "<html>busy</html>", "{}", #"{"choices": []}"#, #"{"choices": [{"message": {"content": null}}]}"#, "[1]",
    ])
    func everythingElseIsGarbage(_ body: String) {
        let error = #expect(throws: EndpointError.self) { try Completion(response: Array(body.utf8)) }
        #expect(error?.kind == .garbage)
    }
}
