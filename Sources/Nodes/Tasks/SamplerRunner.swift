import Personalization
import RolloutCore
import Synchronization
import Tokenization
import Transformer

/// Turns prompts into trajectories, itself (one prefill per prompt, shared by its samples) or by a server. Writes reasoning
/// paths, too.
final class SamplerRunner: TaskRunner {
    /// Generators keep their caches between tasks; one per slot at most, each for the policy it was made for.
    private let idle = Mutex<[GeneratorBox]>([])
    private let rationales: RationaleRunner
    private let server: ServerSampler?

    /// - Parameter server: draws in place of this software.
    init(rationales: RationaleRunner = RationaleRunner(), server: ServerSampler? = nil) {
        self.rationales = rationales
        self.server = server
    }

    func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput {
        switch lease.work {
        case .sample(let work):
            if let server { try server.sample(work, in: context) } else { try sample(work, in: context) }
        case .rationale(let work): try rationales.run(work, in: context)
        case .score, .train: throw .deterministic("a sampler was leased another kind of task")
        }
    }

    private func sample(_ work: SampleWork, in context: TaskContext) throws(TaskError) -> TaskOutput {
        let base = try context.base()
        let weights = try base.weights(of: work.policy, blobs: context.blobs)
        let box = take(weights)
        defer { idle.withLock { $0.append(box) } }
        let decoding = DecodingParameters(
            temperature: work.decoding.temperature, topP: work.decoding.topP, topK: Int(work.decoding.topK),
            maxNewTokens: Int(work.decoding.maxNewTokens), stopTokens: work.decoding.stopTokens)
        let sequences: [GeneratedSequence]
        do {
            sequences = try box.generator.generate(
                work.prompts.map { GenerationPrompt(index: $0.index, tokens: $0.tokens) },
                samplesPerPrompt: Int(work.samplesPerPrompt), decoding: decoding, seed: work.seed)
        } catch {
            throw .deterministic("\(error)")
        }
        return .sample(
            sequences.map { sequence in
                let text = base.tokenizer.decode(sequence.tokens)
                let parsed = TrajectoryParser.parse(text, marker: work.answerMarker)
                return Trajectory(
                    id: TrajectoryID(prompt: sequence.prompt, sample: work.firstSample + sequence.sample),
                    tokens: sequence.tokens,
                    stop: sequence.stop == .length ? .length : .stopToken, reasoning: parsed.reasoning,
                    answer: parsed.answer, logProbability: sequence.logProbability)
            })
    }

    private func take(_ weights: PolicyWeights) -> GeneratorBox {
        let found = idle.withLock { idle -> GeneratorBox? in
            idle.removeAll { $0.generator.weights !== weights }
            return idle.popLast()
        }
        return found ?? GeneratorBox(Generator(weights: weights))
    }
}

/// Hands a generator from one task to the next; `idle` gives it to one slot at a time.
private final class GeneratorBox: @unchecked Sendable {
    let generator: Generator
    init(_ generator: Generator) { self.generator = generator }
}
