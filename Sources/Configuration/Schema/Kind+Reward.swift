import JSONLines
import Rewards

extension Kind where Value == String {
    /// A reward as scorers read it.
    static let reward = text("a metric such as rougeL, or a sum such as 0.5*rouge1+0.5*rougeL", problem: problem)

    /// `{rougeL: 0.7, meteor: 0.3}`, as the sum it stands for.
    static let mix = Kind(
        name: "metrics with their weights, such as {rougeL: 0.7, rouge1: 0.3}",
        schema: ["type": "object", "minProperties": 1, "additionalProperties": ["type": "number"]],
        read: { tree throws(Mismatch) in
            guard case .mapping(let entries) = tree.content, !entries.isEmpty else { throw Mismatch() }
            var terms: [String] = []
            for entry in entries {
                guard let weight = entry.value.plain else {
                    throw Mismatch(hint: ": the weight of \(entry.key) is \(entry.value.summary)")
                }
                terms.append("\(weight)*\(entry.key)")
            }
            let sum = terms.joined(separator: "+")
            if let problem = problem(sum) { throw Mismatch(hint: " (\(problem))") }
            return sum
        },
        show: { .scalar($0) })

    /// What a reward of other nodes is called.
    static let rewardName = text("a name of at most 200 letters, digits and signs") { name in
        guard name.utf8.count <= 200 else { return "it is longer" }
        return name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? nil : "it holds white space or letters beyond ASCII"
    }

    private static func problem(_ text: String) -> String? {
        do throws(RewardError) {
            _ = try RewardSpecification(text)
            return nil
        } catch {
            return error.description
        }
    }
}

extension Kind where Value == [String] {
    /// A program and its arguments.
    static let command = Kind(
        name: "a program and its arguments, such as [python3, reward.py]",
        schema: ["type": "array", "items": .text, "minItems": 1],
        read: { tree throws(Mismatch) in
            guard case .list(let elements) = tree.content, !elements.isEmpty else { throw Mismatch() }
            var words: [String] = []
            for element in elements {
                guard let word = element.text, !word.isEmpty else { throw Mismatch(hint: " with \(element.summary)") }
                // It is part of the reward's name, which travels and is shown.
                guard word.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                    throw Mismatch(hint: " (a word holds a control character)")
                }
                words.append(word)
            }
            guard words.reduce(0, { $0 + $1.utf8.count + 1 }) <= 1000 else {
                throw Mismatch(hint: " (the words are longer than 1000 bytes together: write a script)")
            }
            return words
        },
        show: { .list($0.map(Shown.scalar)) })
}
