import Endpoints
import Personalization
import RolloutCore
import Tokenization

/// One answer of a server as what a trajectory is made of.
struct ServedText {
    let tokens: [Int32]
    let text: String
    let stop: Trajectory.Stop
    private let logProbability: Double?
    private let marker: String

    /// - Throws: `TaskError` when the server ended the text for another reason than a stop token or the length.
    init(_ choice: Completion.Choice, _ work: SampleWork, _ tokenizer: Tokenizer) throws(TaskError) {
        let limit = Int(work.decoding.maxNewTokens)
        var tokens = Self.tokens(choice, work.decoding.stopTokens, tokenizer)
        var stop: Trajectory.Stop
        switch choice.ending {
        case "length": stop = .length
        case "stop": stop = .stopToken
        case nil: stop = tokens.count >= limit ? .length : .stopToken
        case let other?: throw .system("the server ended a text with '\(other.prefix(60))', neither stop nor length")
        }
        var text = choice.text
        var logProbability = Self.logProbability(choice, work.decoding.stopTokens, tokenizer)
        if tokens.count > limit {
            // Cut into tokens anew, a text may have more of them than it was drawn with.
            tokens = Array(tokens.prefix(limit))
            text = tokenizer.decode(tokens)
            stop = .length
            logProbability = nil
        }
        self.tokens = tokens
        self.text = text
        self.stop = stop
        self.logProbability = logProbability
        marker = work.answerMarker
    }

    /// The server's own numbers without the stop token, where it gives them and they are the tokenizer's.
    private static func tokens(
        _ choice: Completion.Choice, _ stops: [Int32], _ tokenizer: Tokenizer
    ) -> [Int32] {
        guard let numbers = choice.tokenIDs, numbers.allSatisfy({ (0..<tokenizer.vocabularySize).contains($0) }) else {
            return tokenizer.encode(choice.text)
        }
        let tokens = numbers.map { Int32($0) }
        guard let last = tokens.last, stops.contains(last) else { return tokens }
        return Array(tokens.dropLast())
    }

    /// Sum over the tokens without the stop token, which servers give with the others; nil unless each has one.
    private static func logProbability(
        _ choice: Completion.Choice, _ stops: [Int32], _ tokenizer: Tokenizer
    ) -> Double? {
        guard let last = choice.tokens.last, choice.tokens.allSatisfy({ $0.logProbability != nil }) else { return nil }
        let isStop =
            choice.tokenIDs.map { ids in ids.last.map { stops.map(Int.init).contains($0) } ?? false }
            ?? stops.contains { tokenizer.token($0) == last.text }
        return choice.tokens.dropLast(isStop ? 1 : 0).reduce(0) { $0 + ($1.logProbability ?? 0) }
    }

    func trajectory(_ id: TrajectoryID) -> Trajectory {
        let parsed = TrajectoryParser.parse(text, marker: marker)
        return Trajectory(
            id: id, tokens: tokens, stop: stop, reasoning: parsed.reasoning, answer: parsed.answer,
            logProbability: logProbability)
    }
}
