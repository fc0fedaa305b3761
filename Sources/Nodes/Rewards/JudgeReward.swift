import Configuration
import Endpoints
import Logging
import Rewards
import Tokenization
import Transformer

/// A judging model as a source of rewards: five anchored scores, the most probable one divided by ten.
///
/// Behind an endpoint it answers with a number, and the score comes from the probabilities of its tokens where the server
/// gives them (`JudgeProbabilities`), else from its text (`JudgeText`). An answer that holds no score is asked for anew, a
/// little warmer, and after some attempts the text has no reward: never a zero nobody gave. That the server is not there
/// says nothing about any text: the task goes elsewhere.
///
/// A checkpoint on this machine is not asked to write: each score, with the end of the text after it, is a continuation of
/// the question, and the one with the highest probability wins. The end is what tells "1" from the beginning of "10".
final class JudgeReward: RewardSource {
    /// Who judges.
    enum Model: Sendable {
        case endpoint(EndpointClient, RunConfiguration.Reward.ScoreFrom, attempts: Int)
        case checkpoint(BaseModel)
    }

    private let model: Model
    private let logger: Logger

    init(_ model: Model, logger: Logger) {
        self.model = model
        self.logger = logger
    }

    func rewards(for requests: [RewardRequest]) throws(RewardUnavailable) -> [RewardOutcome] {
        let questions = requests.map {
            JudgeWording.question(input: $0.input, reference: $0.reference, answer: $0.answer)
        }
        return switch model {
        case .endpoint(let client, let source, let attempts): try ask(client, questions, source, attempts)
        case .checkpoint(let model): Self.weigh(questions, model)
        }
    }

    // MARK: - An endpoint

    private func ask(
        _ client: EndpointClient, _ questions: [String], _ source: RunConfiguration.Reward.ScoreFrom, _ attempts: Int
    ) throws(RewardUnavailable) -> [RewardOutcome] {
        var outcomes = [RewardOutcome?](repeating: nil, count: questions.count)
        var open = Array(questions.indices)
        for attempt in 0..<attempts where !open.isEmpty {
            let asked = open.map { Self.request(questions[$0], source, attempt) }
            for (place, answer) in zip(open, client.waitForAnswers(to: asked)) {
                switch answer {
                case .success(let completion):
                    outcomes[place] = Self.score(of: completion, source).map { .value($0.reward) }
                case .failure(let error) where error.kind == .unavailable: throw RewardUnavailable(error.description)
                case .failure(let error): outcomes[place] = .failed("the judge cannot be asked: \(error)")
                }
            }
            open.removeAll { outcomes[$0] != nil }
        }
        if !open.isEmpty {
            logger.warning("the judge gave no score for \(open.count) answers in \(attempts) attempts each")
        }
        return outcomes.map { $0 ?? .undefined }
    }

    private static func request(
        _ question: String, _ source: RunConfiguration.Reward.ScoreFrom, _ attempt: Int
    ) -> CompletionRequest {
        CompletionRequest(
            .chat(system: nil, user: question), maxTokens: 8, temperature: attempt == 0 ? 0 : 0.7,
            seed: UInt32(attempt), topLogProbabilities: source == .probabilities ? 20 : 0)
    }

    static func score(of completion: Completion, _ source: RunConfiguration.Reward.ScoreFrom) -> JudgeScore? {
        if source == .probabilities {
            let places = completion.tokens.map { token in
                JudgeProbabilities.Place(
                    text: token.text, alternatives: token.alternatives.map { ($0.text, $0.logProbability) })
            }
            if let score = JudgeProbabilities.score(in: places) { return score }
        }
        return JudgeText.score(in: completion.text)
    }

    // MARK: - A checkpoint

    private static func weigh(_ questions: [String], _ model: BaseModel) -> [RewardOutcome] {
        do {
            let scorer = SequenceScorer(weights: try model.ownWeights())
            let end = model.stopTokens.first.map { [$0] } ?? model.tokenizer.encode("\n")
            let candidates = JudgeScore.allCases.map { (score: $0, tokens: model.tokenizer.encode($0.text) + end) }
            return questions.map { question in
                let prompt = model.tokenizer.encode(question, addSpecial: true)
                do {
                    let weights = try candidates.map { candidate in
                        let all = try scorer.logProbabilities(prompt + candidate.tokens)
                        let sum = all.suffix(candidate.tokens.count).reduce(0.0) { $0 + Double($1) }
                        return (score: candidate.score, weight: sum)
                    }
                    return JudgeScore.mostProbable(weights).map { .value($0.reward) } ?? .undefined
                } catch {
                    return .failed("the judging model cannot read the question: \(error)")
                }
            }
        } catch {
            return questions.map { _ in .failed("the judging model cannot be used: \(error)") }
        }
    }
}
