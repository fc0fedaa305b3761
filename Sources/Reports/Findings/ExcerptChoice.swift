import RolloutCore
import RunStore

/// Which rows a report shows: of each task the one that training helped most, the one in the middle, and the one it hurt
/// most, by the difference between the first policy and the best. Chosen by numbers, so that nobody's taste is.
struct ExcerptChoice: Sendable {
    private let evaluations: [PolicyEvaluation]
    private let policies: [RunSummary.Policy]
    private let best: UInt32

    init(_ evaluations: [PolicyEvaluation], policies: [RunSummary.Policy], best: UInt32?) {
        // Of the test, where there is one.
        let split = evaluations.map(\.split).max()
        self.evaluations = evaluations.filter { $0.split == split && $0.decoding == 0 }
        self.policies = policies
        self.best = best ?? self.evaluations.map(\.policy).max() ?? 0
    }

    /// A row and why it is shown.
    struct Choice: Equatable {
        var prompt: UInt32
        var group: String
        var reason: String
    }

    var choices: [Choice] {
        guard let first = evaluations.first, let last = evaluations.first(where: { $0.policy == best }) else {
            return []
        }
        let before = Dictionary(first.scores.map { ($0.prompt, $0.reward) }, uniquingKeysWith: { first, _ in first })
        let gains = last.scores.compactMap { score in
            before[score.prompt].map { (score: score, gain: score.reward - $0) }
        }.sorted { ($0.gain, $0.score.prompt) < ($1.gain, $1.score.prompt) }
        return Set(gains.map(\.score.group)).sorted().flatMap { group in
            let own = gains.filter { $0.score.group == group }
            let places = first.policy == best ? [(own.count / 2, "")] : Self.places(own.count)
            return places.map { place, reason in
                Choice(prompt: own[place].score.prompt, group: group, reason: reason)
            }
        }
    }

    private static func places(_ count: Int) -> [(Int, String)] {
        switch count {
        case 1: [(0, "the only one")]
        case 2: [(1, "largest gain"), (0, "largest loss or least gain")]
        default: [(count - 1, "largest gain"), (count / 2, "median"), (0, "largest loss or least gain")]
        }
    }

    /// The chosen rows with every policy's text.
    func excerpts(_ reader: RunReader) throws -> [Excerpt] {
        try choices.compactMap { choice in
            var excerpt: Excerpt?
            for evaluation in evaluations {
                guard let view = try evaluation.first(of: choice.prompt, in: reader) else { continue }
                if excerpt == nil { excerpt = Self.begin(choice, view) }
                let name = policies.first { $0.version == evaluation.policy }?.name ?? "policy \(evaluation.policy)"
                excerpt?.texts.append(
                    Excerpt.Text(name + (evaluation.policy == best && evaluations.count > 1 ? " *" : ""), view))
            }
            return excerpt
        }
    }

    private static func begin(_ choice: Choice, _ view: TrajectoryView) -> Excerpt {
        Excerpt(
            task: choice.group, row: view.prompt.example, reason: choice.reason, request: view.prompt.input,
            texts: [
                Excerpt.Text(
                    author: "reference", reward: nil, reasoning: view.prompt.rationale ?? "",
                    answer: view.prompt.reference)
            ])
    }

    /// What the best policy wrote for a row of another run's choice; nil where it was not evaluated on that row.
    func text(of excerpt: Excerpt, by author: String, in reader: RunReader) throws -> Excerpt.Text? {
        guard let evaluation = evaluations.first(where: { $0.policy == best }),
            let score = evaluation.scores.first(where: { $0.group == excerpt.task && $0.example == excerpt.row }),
            let view = try evaluation.first(of: score.prompt, in: reader), view.prompt.input == excerpt.request
        else { return nil }
        return Excerpt.Text(author, view)
    }
}

extension PolicyEvaluation {
    /// The first output for a prompt.
    fileprivate func first(of prompt: UInt32, in reader: RunReader) throws -> TrajectoryView? {
        var filter = TrajectoryFilter()
        (filter.iteration, filter.split, filter.prompt, filter.limit) = (policy, split, prompt, 1)
        return try reader.trajectories(filter).first
    }
}

extension Excerpt.Text {
    fileprivate init(_ author: String, _ view: TrajectoryView) {
        self.init(author: author, reward: view.reward, reasoning: view.reasoning, answer: view.answer)
    }
}
