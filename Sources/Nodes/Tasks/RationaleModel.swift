import Digests
public import Endpoints
public import Personalization
import Tokenization
import Transformer

/// A model that writes reasoning paths: one of the policy's architecture on this machine, or one behind an endpoint.
public enum RationaleModel: Sendable {
    case checkpoint(BaseModel)
    case endpoint(EndpointClient)

    /// One text for each instruction.
    ///
    /// From a checkpoint the texts are a function of seed, attempt, prompt and instruction, bit for bit. An endpoint is sent
    /// a seed made of the same and may heed it or not.
    ///
    /// - Throws: `RationaleModelError`.
    public func draw(
        _ instructions: [(prompt: UInt32, text: String)], attempt: Int, seed: UInt64, writer: RationaleWriter
    ) throws(RationaleModelError) -> [String] {
        switch self {
        case .checkpoint(let model):
            try Self.generate(instructions, model, seed: Self.key(seed, attempt), writer)
        case .endpoint(let client):
            try Self.ask(
                client,
                instructions.map { prompt, text in
                    CompletionRequest(
                        .chat(system: nil, user: text), maxTokens: writer.maxNewTokens,
                        temperature: writer.temperature, topP: writer.topP,
                        // Servers read it as a signed number of 32 bits.
                        seed: UInt32(truncatingIfNeeded: Self.key(seed &+ UInt64(prompt), attempt)) >> 1)
                })
        }
    }

    private static func generate(
        _ instructions: [(prompt: UInt32, text: String)], _ model: BaseModel, seed: UInt64, _ writer: RationaleWriter
    ) throws(RationaleModelError) -> [String] {
        do {
            let sequences = try Generator(weights: try model.ownWeights()).generate(
                instructions.map { prompt, text in
                    GenerationPrompt(index: prompt, tokens: model.tokenizer.encode(text, addSpecial: true))
                },
                samplesPerPrompt: 1,
                decoding: DecodingParameters(
                    temperature: Float(writer.temperature), topP: Float(writer.topP),
                    maxNewTokens: writer.maxNewTokens, stopTokens: model.stopTokens),
                seed: seed)
            return sequences.map { model.tokenizer.decode($0.tokens) }
        } catch {
            throw RationaleModelError(isPassing: false, "\(error)")
        }
    }

    private static func ask(
        _ client: EndpointClient, _ requests: [CompletionRequest]
    ) throws(RationaleModelError) -> [String] {
        var texts: [String] = []
        for answer in client.waitForAnswers(to: requests) {
            switch answer {
            case .success(let completion): texts.append(completion.text)
            // What a server does not understand or will not write is no path; that it is not there is no answer.
            case .failure(let error) where error.kind == .unavailable:
                throw RationaleModelError(isPassing: true, error.description)
            case .failure: texts.append("")
            }
        }
        return texts
    }

    /// One number per attempt; with prompt and token it is the key of every random number.
    private static func key(_ seed: UInt64, _ attempt: Int) -> UInt64 {
        var digest = DigestBuilder("reprise.rationale.seed.v1")
        digest.add(seed)
        digest.add(attempt)
        return digest.finish().bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Why a model wrote nothing.
public struct RationaleModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whether another time or another machine may do better.
    public let isPassing: Bool
    /// One sentence.
    public let description: String

    init(isPassing: Bool, _ description: String) {
        self.isPassing = isPassing
        self.description = description
    }
}
