import Configuration
import Digests
import Endpoints
import JSONLines
import RolloutCore
import Synchronization
import Tokenization

/// Draws trajectories from a completion server: `POST /completions` with the prompt, back come samples.
///
/// What comes back is text; its tokens are those of the base's tokenizer, unless the server gives their numbers. The seed of
/// each request is made of the task's, prompt and sample, and a server may heed it or not: unless it is declared bit-exact,
/// its answers are recorded and never asked for again once they are.
final class ServerSampler: Sendable {
    private let engine: RunConfiguration.SamplerEngine
    private let client: EndpointClient
    private let server: PolicyServer
    /// Set when the server gave fewer samples than it was asked for.
    private let asksOneByOne: Atomic<Bool>

    /// - Parameter client: shared by all slots; without a cache, for a request does not name the policy.
    init(_ engine: RunConfiguration.SamplerEngine, client: EndpointClient) {
        self.engine = engine
        self.client = client
        server = PolicyServer(engine, client: client)
        asksOneByOne = Atomic(engine.samplesPerRequest == 1)
    }

    func sample(_ work: SampleWork, in context: TaskContext) throws(TaskError) -> TaskOutput {
        let base = try context.base()
        let policy = work.policy
        let blobs = context.blobs
        let form = engine.writes
        let choices = try server.whileHolding(
            policy, in: context,
            form: { () throws(TaskError) in
                switch form {
                case .checkpoint: .checkpoint(try base.checkpoint(of: policy, blobs: blobs))
                case .adapter: .adapter(try base.adapter(of: policy, blobs: blobs))
                }
            },
            { name throws(TaskError) in try draw(work, name, base.tokenizer, context) })
        var trajectories: [Trajectory] = []
        for prompt in work.prompts {
            for sample in 0..<work.samplesPerPrompt {
                guard let choice = choices[Place(prompt: prompt.index, sample: sample)] else {
                    throw .system("the server gave no sample \(sample) of prompt \(prompt.index)")
                }
                let id = TrajectoryID(prompt: prompt.index, sample: work.firstSample + sample)
                trajectories.append(try ServedText(choice, work, base.tokenizer).trajectory(id))
            }
        }
        return .sample(trajectories)
    }

    // MARK: - Requests

    private struct Place: Hashable {
        var prompt: UInt32
        var sample: UInt32
    }

    /// Samples of one prompt that are asked for at once.
    private struct Draw {
        var prompt: SampleWork.Prompt
        var samples: Range<UInt32>

        var oneByOne: [Draw] { samples.map { Draw(prompt: prompt, samples: $0..<$0 + 1) } }
    }

    private func draw(
        _ work: SampleWork, _ name: PolicyName, _ tokenizer: Tokenizer, _ context: TaskContext
    ) throws(TaskError) -> [Place: Completion.Choice] {
        var found: [Place: Completion.Choice] = [:]
        var open = work.prompts.flatMap { draws(of: $0, count: work.samplesPerPrompt) }
        while !open.isEmpty {
            let answers = client.waitForAnswers(
                to: open.map { request($0, work, tokenizer) }, model: name.fill(client.endpoint.model),
                isCancelled: context.isCancelled)
            if context.isCancelled() { throw .system("the task was stopped") }
            var rest: [Draw] = []
            for (draw, answer) in zip(open, answers) {
                let given = try choices(of: answer, draw)
                for (sample, choice) in zip(draw.samples, given) {
                    found[Place(prompt: draw.prompt.index, sample: sample)] = choice
                }
                rest += draw.oneByOne.dropFirst(given.count)
            }
            if !rest.isEmpty, !asksOneByOne.exchange(true, ordering: .relaxed) {
                context.say("the server gives one sample a request: it is asked for each alone")
            }
            open = rest
        }
        return found
    }

    private func draws(of prompt: SampleWork.Prompt, count: UInt32) -> [Draw] {
        let whole = Draw(prompt: prompt, samples: 0..<count)
        if asksOneByOne.load(ordering: .relaxed) { return whole.oneByOne }
        let size = engine.samplesPerRequest == 0 ? count : min(count, UInt32(clamping: engine.samplesPerRequest))
        return stride(from: 0, to: count, by: Int(max(1, size))).map { first in
            Draw(prompt: prompt, samples: first..<min(count, first + size))
        }
    }

    /// What a request brought; nothing where a server does not understand that several are asked for.
    private func choices(
        of answer: Result<Completion, EndpointError>, _ draw: Draw
    ) throws(TaskError) -> [Completion.Choice] {
        switch answer {
        case .success(let completion): return Array(completion.choices.prefix(draw.samples.count))
        case .failure(let error) where error.kind == .refused && draw.samples.count > 1: return []
        // That very prompt is refused, and would be by any server of this kind.
        case .failure(let error) where error.kind == .refused: throw .deterministic(error.description)
        case .failure(let error): throw .system(error.description)
        }
    }

    private func request(_ draw: Draw, _ work: SampleWork, _ tokenizer: Tokenizer) -> CompletionRequest {
        let tokens = draw.prompt.tokens
        var request = CompletionRequest(
            engine.prompts == .tokens ? .tokens(tokens) : .text(tokenizer.decode(tokens)),
            maxTokens: Int(work.decoding.maxNewTokens), temperature: Self.decimal(work.decoding.temperature),
            topP: Self.decimal(work.decoding.topP), seed: Self.seed(work.seed, draw),
            topLogProbabilities: engine.logProbabilities ? 1 : 0)
        request.count = draw.samples.count
        request.stop = work.decoding.stopTokens.compactMap { tokenizer.token($0) }.filter { !$0.isEmpty }
        request.extensions = extensions(work.decoding)
        return request
    }

    /// What these servers know besides, so that their own defaults do not decide what is drawn from: llama.cpp keeps the 40
    /// likeliest tokens above a twentieth of the first's probability unless told otherwise, and vLLM and SGLang take the
    /// model's generation_config.json.
    private func extensions(_ decoding: Decoding) -> JSONObject {
        let stops = JSON.array(decoding.stopTokens.map { .integer(Int64($0)) })
        switch engine.kind {
        case .llamaCpp: return ["top_k": .integer(Int64(decoding.topK)), "min_p": 0]
        case .vllm, .sglang:
            let all: Int64 = -1
            return [
                "top_k": .integer(decoding.topK == 0 ? all : Int64(decoding.topK)), "min_p": 0, "stop_token_ids": stops,
                "return_token_ids": true,
            ]
        case .server, .reprise: return decoding.topK == 0 ? [:] : ["top_k": .integer(Int64(decoding.topK))]
        }
    }

    /// The number as it was written: 0.8 and not 0.800000011920929.
    private static func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

    /// Servers read it as a signed number of 32 bits.
    private static func seed(_ seed: UInt64, _ draw: Draw) -> UInt32 {
        var digest = DigestBuilder("reprise.served.seed.v1")
        digest.add(seed)
        digest.add(Int(draw.prompt.index))
        digest.add(Int(draw.samples.lowerBound))
        return digest.finish().bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } >> 1
    }
}
