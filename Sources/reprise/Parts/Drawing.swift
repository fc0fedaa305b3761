import JSONLines
import Tokenization
import Transformer

/// A line with what is to be continued.
struct PromptLine: Sendable {
    let line: InputLine
    let work: GenerationPrompt
}

/// Turns prompts into lines with samples; used by several threads at once.
struct Drawing: Sendable {
    let weights: PolicyWeights
    let tokenizer: Tokenizer?
    let samples: Int
    let decoding: DecodingParameters
    let seed: UInt64

    /// Continues a share of the prompts together.
    func lines(_ prompts: [PromptLine], _ meter: Meter) -> [Result<JSONObject, any Error>] {
        var finished = 0
        var tokens = 0
        do {
            let sequences = try Generator(weights: weights).generate(
                prompts.map(\.work), samplesPerPrompt: samples, decoding: decoding, seed: seed
            ) { progress in
                meter.add(progress.finished - finished, tokens: progress.tokens - tokens)
                (finished, tokens) = (progress.finished, progress.tokens)
                return true
            }
            return prompts.enumerated().map { index, prompt in
                let own = sequences[index * samples..<(index + 1) * samples]
                return .success(prompt.line.adding(["samples": .array(own.map(sample))]))
            }
        } catch {
            return prompts.map { .failure($0.line.failure("\(error)")) }
        }
    }

    private func sample(_ sequence: GeneratedSequence) -> JSON {
        // The continuation of a text: a space at its start stays.
        let text = tokenizer.map { JSON.string($0.decode(sequence.tokens, isContinuation: true)) }
        return [
            "tokens": JSON(tokens: sequence.tokens), "text": text ?? .null,
            "logprobs": .array(sequence.logProbabilities.map { JSON(float: $0) }),
            "stop": sequence.stop == .stopToken ? "eos" : "length",
        ]
    }
}
