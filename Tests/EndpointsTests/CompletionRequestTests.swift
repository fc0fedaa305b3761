import JSONLines
import Testing

@testable import Endpoints

@Suite struct CompletionRequestTests {
    @Test func chatBodiesHoldWhatTheInterfaceNames() {
        let request = CompletionRequest(
            .chat(system: "Be brief.", user: "Grade."), maxTokens: 4, temperature: 0, seed: 7, topLogProbabilities: 5)
        #expect(request.path == "chat/completions")
        #expect(
            request.body(model: "m").serialized()
                == #"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Grade."}],"#
                + #""logprobs":true,"top_logprobs":5,"max_tokens":4,"temperature":0.0,"seed":7}"#)
    }

    @Test func textBodiesHoldThePrompt() {
        let request = CompletionRequest(
            .text("Once"), maxTokens: 9, temperature: 0.7, topP: 0.9, topLogProbabilities: 3)
        #expect(request.path == "completions")
        #expect(
            request.body(model: "m").serialized()
                == #"{"model":"m","prompt":"Once","logprobs":3,"max_tokens":9,"temperature":0.7,"top_p":0.9}"#)
    }

    @Test func tokensAreContinuedAsTheyAre() {
        var request = CompletionRequest(.tokens([5, 0, 7]), maxTokens: 9, temperature: 1, seed: 3)
        request.count = 4
        request.stop = ["<|end|>"]
        request.extensions = ["top_k": 40]
        #expect(request.path == "completions")
        #expect(
            request.body(model: "m").serialized()
                == #"{"model":"m","prompt":[5,0,7],"max_tokens":9,"temperature":1.0,"seed":3,"n":4,"stop":["<|end|>"],"#
                + #""top_k":40}"#)
    }

    @Test func everythingThatIsAskedNamesTheAnswer() {
        let request = CompletionRequest(.chat(system: nil, user: "a"), maxTokens: 4)
        var others = [
            CompletionRequest(.text("a"), maxTokens: 4), CompletionRequest(.chat(system: "", user: "a"), maxTokens: 4),
        ]
        var seeded = request
        seeded.seed = 1
        var warm = request
        warm.temperature = 0.5
        others += [seeded, warm]
        let digests = others.map { $0.digest(model: "m") } + [request.digest(model: "n"), request.digest(model: "m")]
        #expect(Set(digests).count == 6)
        #expect(
            request.digest(model: "m")
                == CompletionRequest(.chat(system: nil, user: "a"), maxTokens: 4).digest(model: "m"))
    }
}
